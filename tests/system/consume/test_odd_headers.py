"""A sender whose header names are not UTF-8 stops nobody."""

import pytest
from aiokafka import AIOKafkaProducer

from shared.consume.partitioner import partition_of
from shared.contracts.event import encode
from tests.shared.consume.client.odd_headers import Latin1, unchecked
from tests.shared.core.reminders import wanted
from tests.system.reminder_service import PARTITIONS, Restaurant, hearing
from tests.system.requests import all_taken, heard_once, wishes

pytestmark = pytest.mark.system


async def send_in_latin_1(place: Restaurant, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=place.settings.kafka) as producer:
        batch = producer.create_batch()
        batch._builder = unchecked()
        for value in values:
            batch.append(key=b"soft", value=value, timestamp=None, headers=[(Latin1("größe"), b"1")])
        await (await producer.send_batch(batch, place.topic, partition=partition_of(b"soft", PARTITIONS)))


async def test_its_events_are_heard_its_poison_is_parked_and_others_go_on(
    place: Restaurant,
) -> None:
    await send_in_latin_1(place, encode(wanted("odd", "soft")), b"{}", encode(wanted("next", "soft")))
    async with hearing(place.consumer()):
        await place.publish(*wishes(30))
        await all_taken(place, 33)
    await heard_once(place, 32)
    [kept] = await place.store.pool.fetch("select body, headers::text from dead_letters")
    assert kept["body"] == b"{}"
    assert r"gr\\xf6\\xdfe" in kept["headers"]
