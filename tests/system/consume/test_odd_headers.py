"""A sender whose header names are not UTF-8 stops nobody."""

import pytest
from aiokafka import AIOKafkaProducer

from shared.consume.partitioner import partition_of
from shared.contracts.event import encode
from tests.shared.consume.client.odd_headers import Latin1, unchecked
from tests.shared.core.reminders import requested
from tests.system.reminder_service import PARTITIONS, ReminderService, hearing
from tests.system.requests import all_taken, heard_once, requests

pytestmark = pytest.mark.system


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
