"""What came for a stream that was set aside goes through again once the stream was released, not before."""

from dataclasses import replace
from itertools import islice

import pytest
from aiokafka import AIOKafkaProducer

from deploy.local.house.house import House
from deploy.provisioning.databases import Database
from deploy.recovery.quarantine import add, aside, release, suspects
from shared.consume.partitioner import partition_of
from shared.contracts.event import encode
from shared.core.quarantine import Quarantine
from shared.core.store import Changes
from shared.service.stage import StageHandler
from tests.shared.core.reminders import DECIDED, NOON, beat, reminder, reminder_stage, requested
from tests.shared.core.test_quarantine import fire
from tests.system.recovery.redriving import counter, redriving, sent
from tests.system.reminder_service import PARTITIONS, ReminderService, hearing, until

pytestmark = pytest.mark.system


async def test_dead_letters_of_a_stream_that_was_set_aside_go_through_once_it_was_released(
    service: ReminderService, house: House, database: Database
) -> None:
    of_short = partition_of(b"short", PARTITIONS)
    aside = Quarantine(reminder("short"), of_short, None, 0, "no channel left", NOON)
    await service.store.commit(Changes(quarantined=[aside]))
    consumer = service.consumer()
    async with hearing(consumer), redriving(consumer, service.store), counter(service) as at:
        await service.publish(requested("w1", "short"), requested("w2", "long"))
        await until(lambda: has(service, 2))
        assert await service.facts() == [("reminder-long", 1)]
        reason = "stream reminder-short is quarantined: no channel left"
        assert await service.dead_letters() == [reason]
        assert dict(await sent(at)) == {(service.store_name, "failed", reason): 1}
        assert await release(house.postgres.admin_url, database.service, ["reminder-short"])
        assert dict(await sent(at)) == {(service.store_name, "applied", None): 1}
        assert sorted(await service.facts()) == [("reminder-long", 1), ("reminder-short", 1)]


async def test_who_holds_a_partition_is_named_and_set_aside_by_hand_while_it_is_held(
    service: ReminderService, house: House, database: Database
) -> None:
    where = (house.postgres.admin_url, database.service)
    there = (name for n in range(99) if partition_of((name := f"e{n}").encode(), PARTITIONS) == 0)
    *bad, good = sorted(islice(there, 5))
    stage = replace(reminder_stage(fire), name=service.topic, ticks=frozenset({service.topic}))
    consumer = service.consumer(StageHandler(stage, DECIDED, service.handler.context))
    async with hearing(consumer), redriving(consumer, service.store):
        await service.publish(
            *(requested(f"w-{name}", name, minutes=13) for name in bad), requested("w", good)
        )
        await until(lambda: has(service, 5))
        async with AIOKafkaProducer(bootstrap_servers=service.settings.kafka) as producer:
            await producer.send_and_wait(service.topic, encode(beat(60, lease=60)), partition=0)
        await until(lambda: named(where, len(bad)))
        assert [each.stream for each in await suspects(*where)] == [f"reminder-{name}" for name in bad]
        assert await aside(*where) == []
        for name in bad:
            await add(*where, f"reminder-{name}", "it holds all others")
        await until(lambda: has(service, 6))
        assert (f"reminder-{good}", 2) in await service.facts()
        assert {each.stream for each in await aside(*where)} == {f"reminder-{name}" for name in bad}
        assert await suspects(*where) == []


async def named(where: tuple[str, str], count: int) -> bool:
    return len(await suspects(*where)) == count


async def has(service: ReminderService, count: int) -> bool:
    return await service.taken() >= count
