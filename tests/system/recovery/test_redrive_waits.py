"""A letter that the release cannot take waits with those of its key, is said, and holds nobody else."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson

from deploy.recovery.dead_letters import sending
from deploy.recovery.dead_letters.letters import place as parsed
from deploy.recovery.dead_letters.refusing import refuse
from shared.consume.partitioner import partition_of
from shared.core.store import Changes, DeadLetter
from shared.service.redriver import BYTES_AT_ONCE, Redriver
from tests.system.database_faults import DatabaseFaults, missing_grant
from tests.system.failing_rules import UNKNOWN, FailingRules
from tests.system.recovery.redriving import ANY, MOMENT, counter, redriving, refused
from tests.system.reminder_service import PARTITIONS, ReminderService, hearing, until
from tests.system.requests import all_taken, heard_once, requests

THIRD = partition_of(b"customer-3", PARTITIONS)
OF_THIRD = [n for n in range(20) if partition_of(f"customer-{n}".encode(), PARTITIONS) == THIRD]
"""Customers on that partition, of whom 3 is the first."""

BAD = {f"w{n}" for n in range(0, 99, 9)}
"""Of customers 0, 9, 18, 7, 16, 5, 14, 3, 12, 1 and 10."""


async def newer_fact(faults: DatabaseFaults) -> None:
    """One in the stream of customer 3 that this release does not know."""
    await faults.owner(
        "insert into facts (stream, version, id, type, partition, happened, recorded, body) values "
        f"('reminder-customer-3', 1000, gen_random_uuid(), 'reminder.read', {THIRD}, now(), now(), "
        f"'{UNKNOWN.decode()}')"
    )


async def waiting(service: ReminderService) -> list[tuple[int, str]]:
    """Partition and place of the letters that were asked for and wait, in their order."""
    rows = await service.store.pool.fetch(
        "select topic, partition, offset_ from redrives where settled is null order by recorded, offset_"
    )
    return [(row[1], f"{row[0]}/{row[1]}@{row[2]}") for row in rows]


async def test_it_is_said_with_the_way_out_and_the_others_are_taken(
    service: ReminderService, faults: DatabaseFaults
) -> None:
    rules = FailingRules(bad=set(BAD))
    await refused(service, rules, 11)
    rules.bad = set()
    await newer_fact(faults)
    consumer = service.consumer(rules.handler(service))
    async with hearing(consumer), redriving(consumer, service.store) as redriver, counter(service) as at:
        await at.ask(await at.open_letters(ANY), MOMENT)
        await until(lambda: _one_waits(service, redriver))
        assert redriver.problem
        assert "a stream of category reminder cannot be read by this release" in redriver.problem
        assert f"evergreen refuse {service.topic}/{THIRD}@" in redriver.problem
        await faults.owner("delete from facts where type = 'reminder.read'")
        await until(lambda: _none_waits(service, redriver))
    await heard_once(service, 100)
    assert len(await service.dead_letters()) == 11


async def test_it_can_be_given_up_and_what_was_asked_for_behind_it_goes_on(
    service: ReminderService, faults: DatabaseFaults
) -> None:
    rules = FailingRules(bad=set(BAD) | {"w83"})
    await refused(service, rules, 12)
    rules.bad = set()
    await newer_fact(faults)
    consumer = service.consumer(rules.handler(service))
    async with hearing(consumer), redriving(consumer, service.store) as redriver, counter(service) as at:
        await at.ask(await at.open_letters(ANY), MOMENT)
        given_up: set[str] = set()
        for _ in range(2):
            await until(lambda: _one_waits(service, redriver, given_up))
            [(_, first), *_] = await waiting(service)
            await refuse(parsed(first), service.settings.database, service.settings.kafka)
            given_up.add(first)
        await until(lambda: _none_waits(service, redriver))
    assert len(await service.facts()) == 99


async def test_it_holds_those_of_its_key_alone_and_these_come_in_their_order(
    service: ReminderService, faults: DatabaseFaults
) -> None:
    rules = FailingRules(bad={f"w{n}" for n in range(100) if n % 20 in OF_THIRD and n >= 40})
    await refused(service, rules, 3 * len(OF_THIRD))
    rules.bad = set()
    await newer_fact(faults)
    consumer = service.consumer(rules.handler(service))
    async with hearing(consumer), redriving(consumer, service.store) as redriver, counter(service) as at:
        await at.ask(await at.open_letters(ANY), MOMENT)
        await until(lambda: _said(redriver, f"evergreen refuse {service.topic}/{THIRD}@"))
        await until(lambda: _as_many_wait(service, 3))
        keys = await service.store.pool.fetch("select distinct key from redrives where settled is null")
        assert [row[0] for row in keys] == [b"customer-3"]
        await faults.owner("delete from facts where type = 'reminder.read'")
        await until(lambda: _none_waits(service, redriver))
    await heard_once(service, 100)
    bodies = await service.store.pool.fetch(
        "select body from facts where stream = 'reminder-customer-3' order by version"
    )
    assert [orjson.loads(row[0])["causationid"] for row in bodies] == [f"w{n}" for n in range(3, 100, 20)]


async def test_what_the_database_refuses_to_all_is_said_too(
    service: ReminderService, faults: DatabaseFaults
) -> None:
    rules = FailingRules(bad=set(BAD))
    await refused(service, rules, 11)
    rules.bad = set()
    await missing_grant(faults, True)
    consumer = service.consumer(rules.handler(service))
    async with hearing(consumer), redriving(consumer, service.store) as redriver, counter(service) as at:
        await at.ask(await at.open_letters(ANY), MOMENT)
        await until(lambda: _said(redriver, "InsufficientPrivilegeError"))
        assert len(await waiting(service)) == 11
        await missing_grant(faults, False)
        await until(lambda: _none_waits(service, redriver))
    await heard_once(service, 100)


async def test_letters_are_asked_for_and_taken_by_their_bytes(service: ReminderService) -> None:
    large = [
        DeadLetter(service.topic, 2, n, b"short", b"\0" * 2**20, [], "not JSON", MOMENT) for n in range(20)
    ]
    await service.store.commit(Changes(dead_letters=large))
    async with counter(service) as at:
        fetched = Fetched(at.connections[service.store_name])
        one = sending.Databases({service.store_name: fetched}, at.read_by)
        assert await one.ask(await one.open_letters(ANY), datetime.now(UTC)) == 20
    assert sum(fetched.sizes) == 20 * 2**20
    assert max(fetched.sizes) <= BYTES_AT_ONCE + 2**20
    redriver = Redriver(service.consumer(), service.store)
    assert [record.offset for record in await redriver._page(2)] == [0, 1, 2, 3]


class Fetched:
    """A connection of which is noted how many bytes of letters each query brought."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.sizes = connection, list[int]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    async def fetch(self, statement: str, *arguments: Any) -> Any:
        rows = await self.connection.fetch(statement, *arguments)
        self.sizes.append(sum(len(row["body"] or b"") for row in rows if "body" in row))
        return rows


async def _one_waits(service: ReminderService, redriver: Redriver, besides: Collection[str] = ()) -> bool:
    """The first of those that wait is said to, and they are of its partition."""
    left = await waiting(service)
    if not left or left[0][1] in besides or {partition for partition, _ in left} != {THIRD}:
        return False
    return (redriver.problem or "").startswith(left[0][1])


async def _none_waits(service: ReminderService, redriver: Redriver) -> bool:
    return not await waiting(service) and redriver.problem is None


async def _as_many_wait(service: ReminderService, count: int) -> bool:
    return len(await waiting(service)) == count


async def _said(redriver: Redriver, what: str) -> bool:
    return what in (redriver.problem or "")


async def test_what_comes_in_waits_for_no_lock_on_what_is_asked_for_again(
    service: ReminderService, faults: DatabaseFaults
) -> None:
    owner = await asyncpg.connect(faults.database.owner_url)
    waiting = "select count(*) from pg_locks where relation = 'redrives'::regclass and not granted"

    async def is_stopped() -> object:
        return await owner.fetchval(waiting)

    consumer = service.consumer()
    async with hearing(consumer), redriving(consumer, service.store):
        await service.publish(*requests(10))
        await all_taken(service, 10)
        async with owner.transaction():
            await owner.execute("lock table redrives in access exclusive mode")
            await until(is_stopped)
            await service.publish(*requests(10, start=10))
            await all_taken(service, 20)
    await owner.close()
