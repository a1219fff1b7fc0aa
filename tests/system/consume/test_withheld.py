"""What disagrees with its log on one partition is withheld in all topics of that number; the rest goes on."""

from dataclasses import replace

import pytest

from deploy.provisioning import topics
from deploy.provisioning.databases import Database
from deploy.recovery.positions import apply, moves, standings
from shared.consume.admission import AdmissionPolicy
from shared.consume.consumer import Consumer
from shared.consume.partitioner import partition_of
from tests.shared.core.reminders import HEARD, wanted
from tests.system.consume.topics import problems, says, shift
from tests.system.reminder_service import PARTITIONS, Restaurant, hearing, until
from tests.system.requests import all_taken, heard_once, wishes

THIRD = partition_of(b"guest-3", PARTITIONS)
"""The partition whose position goes wrong."""


@pytest.fixture
async def rumours(place: Restaurant) -> Restaurant:
    """The same service, as it publishes to its second topic."""
    name = f"{place.topic}_rumours"
    await topics.provide(place.settings.kafka, [topics.Topic(name, PARTITIONS, retention_days=1)])
    return replace(place, settings=replace(place.settings, service=name))


def both(place: Restaurant, rumours: Restaurant) -> Consumer:
    """It hears two topics."""
    heard = {place.topic: HEARD, rumours.topic: HEARD}
    policy = AdmissionPolicy(
        heard, frozenset(heard), frozenset(heard), lambda key: partition_of(key, PARTITIONS)
    )
    return Consumer(place.settings, policy, place.store, place.handler)


async def test_one_number_waits_in_both_topics_and_the_others_go_on_until_it_is_accepted(
    place: Restaurant, rumours: Restaurant, database: Database
) -> None:
    async with hearing(both(place, rumours)):
        await place.publish(*wishes(100))
        await rumours.publish(*wishes(100, start=100))
        await all_taken(place, 200)
    await shift(database.owner_url, 1_000, rumours.topic, THIRD)
    theirs = [n for n in range(20) if partition_of(b"guest-%d" % n, PARTITIONS) == THIRD]
    await place.publish(*wishes(100, start=200))
    await rumours.publish(*wishes(100, start=300))
    others = 200 - 2 * 5 * len(theirs)
    async with hearing(both(place, rumours)) as consumer:
        await until(lambda: has(place, 200 + others))
        await says(consumer, "position", f"topic {rumours.topic}, partition {THIRD} ends at")
        assert problems(consumer)["position"].endswith(f"all but partition {THIRD} go on")
        assert {partition for _, partition in consumer.owned()} == set(range(PARTITIONS)) - {THIRD}
        waiting = {place.topic: 5 * len(theirs), rumours.topic: 10 * len(theirs)}
        assert consumer.assignment.lag(consumer.client) == waiting
        await place.publish(wanted("late", "guest-3"), *wishes(20, start=400))
        await until(lambda: has(place, 200 + others + 20 - len(theirs)))
        found = await standings(place.settings.kafka, database.owner_url)
        await apply(database.owner_url, moves(found, rumours.topic, THIRD))
        await until(lambda: has(place, 421))
        assert not problems(consumer)
    await heard_once(place, 421)


async def test_what_another_process_owns_in_one_topic_alone_is_withheld_and_taken_once_it_is_given_back(
    place: Restaurant, rumours: Restaurant
) -> None:
    """As in a rolling upgrade to a release that hears one topic more: ranges of one are not ranges of all."""
    async with hearing(both(place, rumours)) as newer:
        await until(lambda: taken_up(newer, 2 * PARTITIONS))
        async with hearing(place.consumer(instance="older")) as older:
            await until(lambda: taken_up(older, 3))
            await until(lambda: taken_up(newer, 6))
            await says(newer, "position", "belongs to a process that hears other topics")
            await place.publish(*wishes(100))
            await until(lambda: has(place, 100))
        await until(lambda: taken_up(newer, 2 * PARTITIONS))
        assert not problems(newer)
    await heard_once(place, 100)


async def has(place: Restaurant, count: int) -> bool:
    return len(await place.eggs()) == count


async def taken_up(consumer: Consumer, places: int) -> bool:
    return consumer.assignment.agreed and len(consumer.positions) == places
