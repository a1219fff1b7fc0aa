"""The consumer on real servers: every record is taken once, and the database says where to go on."""

import pytest

from shared.consume.consumer import Consumer
from tests.system.reminder_service import ReminderService, hearing
from tests.system.requests import all_taken, heard_once, requests


async def test_what_is_published_is_taken_once(service: ReminderService) -> None:
    async with hearing(service.consumer()):
        await service.publish(*requests(500))
        await all_taken(service, 500)
    await heard_once(service, 500)
    assert await service.dead_letters() == []


async def test_what_its_sender_publishes_again_is_not_heard_again(service: ReminderService) -> None:
    async with hearing(service.consumer()):
        await service.publish(*requests(100))
        await service.publish(*requests(100))
        await all_taken(service, 200)
    await heard_once(service, 100)


async def test_a_crash_before_kafka_knows_applies_nothing_twice(
    service: ReminderService, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as uncommitted:
        uncommitted.setattr(Consumer, "_commit_offsets", nothing_said)
        async with hearing(service.consumer()):
            await service.publish(*requests(300))
            await all_taken(service, 300)
    assert set((await service.committed_offsets()).values()) == {0}
    async with hearing(service.consumer()):
        await service.publish(*requests(50, start=300))
        await all_taken(service, 350)
    await heard_once(service, 350)


async def test_where_to_begin_is_said_by_the_database_and_not_by_kafka(service: ReminderService) -> None:
    await service.publish(*requests(100))
    await service.commit_offsets(offset=3)
    async with hearing(service.consumer()):
        await all_taken(service, 100)
    await heard_once(service, 100)


async def nothing_said(_: Consumer, force: bool = False) -> None:
    """A process that died before it came to its hint."""


async def test_records_that_kafka_delivers_again_are_passed_over(
    service: ReminderService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hearing(service.consumer(batch=50)) as consumer:
        await service.publish(*requests(100))
        await all_taken(service, 100)
        client = consumer.client
        assert client is not None
        await client.seek_to_beginning()
        await service.publish(*requests(20, start=100))
        await all_taken(service, 120)
    await heard_once(service, 120)
