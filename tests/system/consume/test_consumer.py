"""The consumer on real servers: every record is taken once, and the database says where to go on."""

import pytest

from shared.consume.consumer import Consumer
from tests.system.reminder_service import Restaurant, hearing
from tests.system.requests import all_taken, heard_once, wishes


async def test_what_is_published_is_taken_once(place: Restaurant) -> None:
    async with hearing(place.consumer()):
        await place.publish(*wishes(500))
        await all_taken(place, 500)
    await heard_once(place, 500)
    assert await place.dead_letters() == []


async def test_what_its_sender_publishes_again_is_not_heard_again(place: Restaurant) -> None:
    async with hearing(place.consumer()):
        await place.publish(*wishes(100))
        await place.publish(*wishes(100))
        await all_taken(place, 200)
    await heard_once(place, 100)


async def test_a_crash_before_kafka_knows_applies_nothing_twice(
    place: Restaurant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as unhinted:
        unhinted.setattr(Consumer, "_commit_offsets", nothing_said)
        async with hearing(place.consumer()):
            await place.publish(*wishes(300))
            await all_taken(place, 300)
    assert set((await place.hinted()).values()) == {0}
    async with hearing(place.consumer()):
        await place.publish(*wishes(50, start=300))
        await all_taken(place, 350)
    await heard_once(place, 350)


async def test_where_to_begin_is_said_by_the_database_and_not_by_kafka(place: Restaurant) -> None:
    await place.publish(*wishes(100))
    await place.mislead(offset=3)
    async with hearing(place.consumer()):
        await all_taken(place, 100)
    await heard_once(place, 100)


async def nothing_said(_: Consumer, force: bool = False) -> None:
    """A process that died before it came to its hint."""


async def test_records_that_kafka_delivers_again_are_passed_over(
    place: Restaurant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hearing(place.consumer(batch=50)) as consumer:
        await place.publish(*wishes(100))
        await all_taken(place, 100)
        client = consumer.client
        assert client is not None
        await client.seek_to_beginning()
        await place.publish(*wishes(20, start=100))
        await all_taken(place, 120)
    await heard_once(place, 120)
