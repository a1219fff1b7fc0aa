"""A sender stops nobody by header names that are not UTF-8, nor by a batch that no decoder takes."""

import gzip
from collections.abc import Callable
from time import monotonic

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.codec import snappy_encode
from aiokafka.record._crecords import default_records

from deploy.recovery.dead_letters.letters import Choice, Place
from deploy.recovery.dead_letters.showing import _kept
from shared.consume.client.lenient_records import LenientBatch
from shared.consume.partitioner import partition_of
from shared.contracts.event import encode
from tests.shared.consume.client.odd_headers import Latin1, unchecked
from tests.shared.core.reminders import requested
from tests.system.recovery.redriving import counter
from tests.system.reminder_service import PARTITIONS, ReminderService, hearing, until
from tests.system.requests import all_taken, heard_once, requests

Encode = Callable[[bytes], bytes]


async def send_in_latin_1(service: ReminderService, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=service.settings.kafka) as producer:
        batch = producer.create_batch()
        batch._builder = unchecked()
        for value in values:
            batch.append(key=b"short", value=value, timestamp=None, headers=[(Latin1("größe"), b"1")])
        await (await producer.send_batch(batch, service.topic, partition=partition_of(b"short", PARTITIONS)))


async def test_its_events_are_heard_its_poison_is_parked_and_others_go_on(
    service: ReminderService,
) -> None:
    await send_in_latin_1(
        service, encode(requested("odd", "short")), b"{}", encode(requested("next", "short"))
    )
    async with hearing(service.consumer()):
        await service.publish(*requests(30))
        await all_taken(service, 33)
    await heard_once(service, 32)
    [kept] = await service.store.pool.fetch("select body, headers::text from dead_letters")
    assert kept["body"] == b"{}"
    assert r"gr\\xf6\\xdfe" in kept["headers"]


async def send(
    service: ReminderService, monkeypatch: pytest.MonkeyPatch, codec: str, written: Encode
) -> None:
    """One request, in a batch as another client compresses it."""
    asked = requested("odd", "customer-3")
    key = asked.subject.encode()
    producer = AIOKafkaProducer(bootstrap_servers=service.settings.kafka, compression_type=codec)
    with monkeypatch.context() as patch:
        patch.setattr(default_records, f"{codec}_encode", lambda data: written(bytes(data)))
        async with producer:
            batch = producer.create_batch()
            batch.append(key=key, value=encode(asked) + b" " * 200, timestamp=None)
            place = partition_of(key, PARTITIONS)
            await (await producer.send_batch(batch, service.topic, partition=place))


async def test_what_no_decoder_takes_becomes_dead_letters_and_others_go_on(
    service: ReminderService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Java reads a member of gzip and leaves what follows it alone."""
    await send(service, monkeypatch, "gzip", lambda data: gzip.compress(data) + bytes(8))
    await service.publish(*requests(30))
    async with hearing(service.consumer()):
        await all_taken(service, 31)
    await heard_once(service, 30)
    [reason] = await service.dead_letters()
    assert "its batch of 1 records from offset 0 cannot be decompressed or read" in reason


async def test_a_stream_of_snappy_after_another_is_read(
    service: ReminderService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(
        service, monkeypatch, "snappy", lambda data: snappy_encode(data[:40]) + snappy_encode(data[40:])
    )
    async with hearing(service.consumer()):
        await all_taken(service, 1)
    await heard_once(service, 1)


async def test_a_fetch_that_fails_again_and_again_is_said_until_it_goes_well(
    service: ReminderService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as of a disk that does not give back what was written."""
    consumer = service.consumer()

    async def told() -> str | None:
        return next(each.problem for each in consumer.conditions(monotonic()) if each.name == "fetch")

    async def well() -> bool:
        return await told() is None

    await service.publish(*requests(1))
    async with hearing(consumer):
        with monkeypatch.context() as patch:
            patch.setattr(LenientBatch, "validate_crc", lambda _: False, raising=False)
            await until(told, seconds=30)
            assert "records can't be fetched (CorruptRecordException" in (await told() or "")
            assert await service.taken() == 0
        await all_taken(service, 1)
        await until(well, seconds=30)


async def test_a_batch_of_nothing_is_few_letters_in_which_each_place_is_found(
    service: ReminderService,
) -> None:
    async with AIOKafkaProducer(bootstrap_servers=service.settings.kafka) as producer:
        batch = producer.create_batch()
        count = 0
        while count < 20_000 and batch.append(key=None, value=None, timestamp=None) is not None:
            count += 1
        await (await producer.send_batch(batch, service.topic, partition=3))
    assert count > 1_000
    async with hearing(service.consumer()):
        await all_taken(service, count)
    letters = await service.dead_letters()
    assert len(letters) <= 1 + count // 100
    async with counter(service) as at:
        for offset in (0, count // 2, count - 1):
            choice = Choice(Place(service.topic, 3, offset))
            [[letter]] = (await at.open_letters(choice)).values()
            url = {service.store_name: service.settings.database}
            _, row = await _kept(choice.place, url)
            assert row["offset_"] == letter.offset <= offset <= (row["through"] or row["offset_"])
