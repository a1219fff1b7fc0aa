"""What came for a stream that was set aside goes through again once the stream was released, not before."""

from dataclasses import replace
from itertools import islice
from uuid import UUID

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from deploy.local.house.house import House
from deploy.provisioning.databases import Database
from deploy.recovery.quarantine import add, aside, release, suspects
from shared.consume.partitioner import partition_of
from shared.contracts.event import encode
from shared.core.quarantine import Quarantine
from shared.core.store import Changes, StoredFact
from shared.service.stage import StageHandler
from tests.shared.core.reminders import DECIDED, NOON, beat, reminder, reminder_stage, requested
from tests.shared.core.test_quarantine import BROKEN, fire
from tests.system.recovery.redriving import counter, redriving, sent
from tests.system.reminder_service import PARTITIONS, ReminderService, hearing, until

pytestmark = pytest.mark.system
ASIDE = "stream reminder-short is quarantined: no channel left"


async def test_what_came_for_a_stream_meanwhile_goes_through_once_it_was_released_and_before_what_is_new(
    service: ReminderService, house: House, database: Database
) -> None:
    await put_aside(service)
    consumer = service.consumer()
    async with hearing(consumer), counter(service) as at:
        async with redriving(consumer, service.store):
            await service.publish(requested("w1", "short", minutes=1), requested("w2", "long"))
            await until(lambda: has(service, 2))
            assert dict(await sent(at)) == {(service.store_name, "failed", ASIDE): 1}
        await service.publish(requested("w3", "short", minutes=2))
        await until(lambda: has(service, 3))
        assert await release(house.postgres.admin_url, database.service, ["reminder-short"])
        await service.publish(requested("w4", "short", minutes=3))
        await until(lambda: has(service, 4))
        assert await service.facts() == [("reminder-long", 1)]
        async with redriving(consumer, service.store):
            await until(lambda: goes_on(service))
            await service.publish(requested("w5", "short", minutes=4))
            await until(lambda: has(service, 5))
    bodies = (await service.store.bodies([reminder("short")]))[reminder("short")]
    assert [orjson.loads(body)["data"]["minutes"] for body in bodies] == [1, 2, 3, 4]


async def test_a_stream_that_cannot_take_its_letters_when_it_is_released_is_set_aside_again(
    service: ReminderService, house: House, database: Database
) -> None:
    where = (house.postgres.admin_url, database.service)
    await put_aside(service)
    of_fact = ("reminder-short", 1, str(UUID(int=1)), "reminder.set", 0, "short", NOON, NOON, None, None)
    broken = StoredFact(*of_fact, BROKEN)
    await service.store.commit(Changes(facts=[broken]))
    consumer = service.consumer()
    async with hearing(consumer), redriving(consumer, service.store):
        await service.publish(requested("w1", "short"))
        await until(lambda: has(service, 1))
        assert await release(*where, ["reminder-short"])
        await until(lambda: failed_again(service))
        [found] = await aside(*where)
        assert (found.released, found.reason.partition(":")[0]) == (None, "ValidationError")
        assert await service.facts() == [("reminder-short", 1)]


async def put_aside(service: ReminderService) -> None:
    of_short = partition_of(b"short", PARTITIONS)
    short = Quarantine(reminder("short"), of_short, None, 0, "no channel left", NOON)
    await service.store.commit(Changes(quarantined=[short]))


async def goes_on(service: ReminderService) -> bool:
    return not await service.store.quarantined(range(PARTITIONS))


async def failed_again(service: ReminderService) -> bool:
    return bool(
        await service.store.pool.fetchval("select exists (select from dead_letters where attempt = 2)")
    )


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
