"""What disagrees with its log on one partition is withheld in all topics of that number; the rest goes on."""

from dataclasses import replace

import pytest

from deploy.provisioning import topics
from deploy.provisioning.databases import Database
from deploy.recovery.positions import apply, moves, standings
from shared.consume.admission import AdmissionPolicy
from shared.consume.consumer import Consumer
from shared.consume.partitioner import partition_of
from tests.shared.core.reminders import HEARD, requested
from tests.system.consume.topics import problems, says, shift
from tests.system.reminder_service import PARTITIONS, ReminderService, hearing, until
from tests.system.requests import all_taken, heard_once, requests

THIRD = partition_of(b"customer-3", PARTITIONS)
"""The partition whose position goes wrong."""


@pytest.fixture
async def rumours(service: ReminderService) -> ReminderService:
    """The same service, as it publishes to its second topic."""
    name = f"{service.topic}_rumours"
    await topics.provide(service.settings.kafka, [topics.Topic(name, PARTITIONS, retention_days=1)])
    return replace(service, settings=replace(service.settings, service=name))


def both(service: ReminderService, rumours: ReminderService) -> Consumer:
    """It hears two topics."""
    heard = {service.topic: HEARD, rumours.topic: HEARD}
    policy = AdmissionPolicy(
        heard, frozenset(heard), frozenset(heard), lambda key: partition_of(key, PARTITIONS)
    )
    return Consumer(service.settings, policy, service.store, service.handler)


async def test_one_number_waits_in_both_topics_and_the_others_go_on_until_it_is_accepted(
    service: ReminderService, rumours: ReminderService, database: Database
) -> None:
    async with hearing(both(service, rumours)):
        await service.publish(*requests(100))
        await rumours.publish(*requests(100, start=100))
        await all_taken(service, 200)
    await shift(database.owner_url, 1_000, rumours.topic, THIRD)
    theirs = [n for n in range(20) if partition_of(b"customer-%d" % n, PARTITIONS) == THIRD]
    await service.publish(*requests(100, start=200))
    await rumours.publish(*requests(100, start=300))
    others = 200 - 2 * 5 * len(theirs)
    async with hearing(both(service, rumours)) as consumer:
        await until(lambda: has(service, 200 + others))
        await says(consumer, "position", f"topic {rumours.topic}, partition {THIRD} ends at")
        assert problems(consumer)["position"].endswith(f"all but partition {THIRD} go on")
        assert {partition for _, partition in consumer.owned()} == set(range(PARTITIONS)) - {THIRD}
        waiting = {service.topic: 5 * len(theirs), rumours.topic: 10 * len(theirs)}
        assert consumer.assignment.lag(consumer.client) == waiting
        await service.publish(requested("late", "customer-3"), *requests(20, start=400))
        await until(lambda: has(service, 200 + others + 20 - len(theirs)))
        found = await standings(service.settings.kafka, database.owner_url)
        await apply(database.owner_url, moves(found, rumours.topic, THIRD))
        await until(lambda: has(service, 421))
        assert not problems(consumer)
    await heard_once(service, 421)


async def test_what_another_process_owns_in_one_topic_alone_is_withheld_and_taken_once_it_is_given_back(
    service: ReminderService, rumours: ReminderService
) -> None:
    """As in a rolling upgrade to a release that hears one topic more: ranges of one are not ranges of all."""
    async with hearing(both(service, rumours)) as newer:
        await until(lambda: taken_up(newer, 2 * PARTITIONS))
        async with hearing(service.consumer(instance="older")) as older:
            await until(lambda: taken_up(older, 3))
            await until(lambda: taken_up(newer, 6))
            await says(newer, "position", "belongs to a process that hears other topics")
            await service.publish(*requests(100))
            await until(lambda: has(service, 100))
        await until(lambda: taken_up(newer, 2 * PARTITIONS))
        assert not problems(newer)
    await heard_once(service, 100)


async def has(service: ReminderService, count: int) -> bool:
    return len(await service.facts()) == count


async def taken_up(consumer: Consumer, places: int) -> bool:
    return consumer.assignment.agreed and len(consumer.positions) == places
