"""A sender whose small batches come to hundreds of megabytes stops nobody."""

from collections import Counter

import pytest
from aiokafka import AIOKafkaProducer

from shared.consume.client.decompression import CEILING, POLL
from shared.consume.partitioner import partition_of
from shared.core.batch import Batch
from shared.service.stage import StageHandler
from tests.shared.consume.client.bombs import CODECS
from tests.system.reminder_service import PARTITIONS, ReminderService, hearing
from tests.system.requests import all_taken, heard_once, like, requests

SHORT = partition_of(b"short", PARTITIONS)
VALUES = [b"{}", b"\0" * CEILING, b"{}"]


async def send(service: ReminderService, codec: str, values: list[bytes]) -> None:
    """One batch, all of which a reader may have at once or not at all."""
    async with AIOKafkaProducer(
        bootstrap_servers=service.settings.kafka,
        compression_type=codec,
        max_batch_size=2 * CEILING,
        max_request_size=2 * CEILING,
    ) as producer:
        batch = producer.create_batch()
        for value in values:
            batch.append(key=b"short", value=value, timestamp=None)
        await (await producer.send_batch(batch, service.topic, partition=SHORT))


@pytest.mark.parametrize("codec", CODECS)
async def test_its_records_become_dead_letters_by_their_places_and_others_go_on(
    service: ReminderService, codec: str
) -> None:
    await service.publish(*requests(10))
    await send(service, codec, VALUES)
    await service.publish(*requests(30, start=10))
    async with hearing(service.consumer()):
        await all_taken(service, 43)
    await heard_once(service, 40)
    letters = await service.store.pool.fetch(
        "select topic, partition, offset_, reason, length(body) from dead_letters order by offset_"
    )
    first = letters[0]["offset_"]
    assert [tuple(each)[:3] for each in letters] == [(service.topic, SHORT, first + n) for n in range(3)]
    why = f"its batch of 3 records from offset {first} comes to more than {CEILING} bytes when it is "
    assert all(each["reason"].startswith(why) for each in letters)
    assert 0 < letters[0]["length"] < 1_048_588
    assert [each["length"] for each in letters[1:]] == [0, 0]


async def test_what_a_poll_does_not_bring_for_its_bytes_the_next_ones_do(service: ReminderService) -> None:
    await service.publish(*requests(10))
    for number in range(12):
        await send(service, "zstd", [bytes([number]) * (CEILING - 1_000)])
    await service.publish(*requests(30, start=10))
    largest = 0

    class Measured(StageHandler):
        async def handle(self, batch: Batch) -> Counter[str]:
            nonlocal largest
            largest = max(largest, sum(len(each.body or b"") for each in batch.dead_letters))
            return await super().handle(batch)

    async with hearing(service.consumer(like(service, Measured))):
        await all_taken(service, 52)
    await heard_once(service, 40)
    assert len(await service.dead_letters()) == 12
    assert 0 < largest <= POLL + CEILING
