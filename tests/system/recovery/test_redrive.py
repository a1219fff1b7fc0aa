"""Dead letters that are asked for go through their service once more, and each is taken once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from deploy.local.house.house import House
from deploy.provisioning import databases
from deploy.provisioning.databases import Database
from deploy.recovery.dead_letters.letters import Choice, Place
from deploy.recovery.dead_letters.sending import Databases, Outcome
from shared.consume.consumer import Consumer
from shared.consume.partitioner import partition_of
from shared.contracts.fact import vocabulary
from shared.service.redriver import Redriver
from shared.storage.postgres import PostgresStore
from tests.shared.core.reminders import ReminderRequested
from tests.system.consume.test_own_fault import Moods
from tests.system.database_faults import Trouble, missing_grant
from tests.system.reminder_service import PARTITIONS, ReminderService, hearing, until
from tests.system.requests import all_taken, heard_once, requests

ANY = Choice()
MOMENT = datetime(2026, 2, 1, tzinfo=UTC)
BAD = {f"w{n}" for n in range(0, 100, 10)}


class ReminderWithChannel(ReminderRequested):
    """As a release that asks for more than its senders know of."""

    channel: str


OLD = vocabulary(ReminderWithChannel)


@asynccontextmanager
async def redriving(consumer: Consumer, store: PostgresStore) -> AsyncIterator[Redriver]:
    redriver = Redriver(consumer, store)
    running = asyncio.create_task(redriver.run())
    try:
        yield redriver
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@asynccontextmanager
async def counter(*services: ReminderService) -> AsyncIterator[Databases]:
    """Where letters are asked for: all of these hear the first one's topic."""
    async with AsyncExitStack() as stack:
        connections: dict[str, Any] = {}
        for service in services:
            connections[service.store_name] = await asyncpg.connect(service.settings.database)
            stack.push_async_callback(connections[service.store_name].close)
        yield Databases(connections, {services[0].topic: list(connections)})


async def sent(at: Databases, choice: Choice = ANY, patience: float = 20) -> dict[Outcome, int]:
    """What became of all that is open."""
    moment = datetime.now(UTC)
    await at.ask(await at.open_letters(choice), moment)
    return dict(await at.follow(moment, patience, lambda done, all_: None))


async def refused(service: ReminderService, moods: Moods, count: int = 10) -> None:
    """A hundred requests, of which so many become dead letters."""
    async with hearing(service.consumer(moods.handler(service))):
        await service.publish(*requests(100))
        await all_taken(service, 100)
    assert len(await service.dead_letters()) == count


async def test_what_is_mended_is_applied_and_what_is_not_fails_again_as_the_next_attempt(
    service: ReminderService,
) -> None:
    moods, name = Moods(bad=set(BAD)), service.store_name
    await refused(service, moods)
    moods.bad = {"w30", "w40"}
    consumer = service.consumer(moods.handler(service))
    reason = "ZeroDivisionError: no channel left"
    async with hearing(consumer), redriving(consumer, service.store), counter(service) as at:
        assert await sent(at) == {(name, "applied", None): 8, (name, "failed", reason): 2}
        [letters] = (await at.open_letters(ANY)).values()
        assert [letter.attempt for letter in letters] == [2, 2]
        moods.bad = set()
        first = letters[0]
        chosen = Choice(Place(first.topic, first.partition, first.offset))
        assert await sent(at, chosen) == {(name, "applied", None): 1}
        assert await sent(at, Choice(reason="^Zero", until=first.recorded)) == {}
        assert await sent(at, Choice(reason="^Zero", since=first.recorded)) == {(name, "applied", None): 1}
        assert await sent(at) == {}
    await heard_once(service, 100)
    assert len(await service.dead_letters()) == 12


async def test_what_was_taken_meanwhile_is_known_and_changes_nothing(service: ReminderService) -> None:
    moods = Moods(bad=set(BAD))
    await refused(service, moods)
    moods.bad = set()
    consumer = service.consumer(moods.handler(service))
    async with hearing(consumer), redriving(consumer, service.store), counter(service) as at:
        await service.publish(*requests(100))  # their sender tries again
        await all_taken(service, 200)
        assert await sent(at) == {(service.store_name, "known", None): 10}
    await heard_once(service, 100)


async def test_letters_wait_while_the_database_refuses_all_and_while_their_partition_is_anothers(
    service: ReminderService, trouble: Trouble
) -> None:
    moods, name = Moods(bad=set(BAD)), service.store_name
    await refused(service, moods)
    moods.bad = set()
    consumer = service.consumer(moods.handler(service))
    async with counter(service) as at:
        async with redriving(consumer, service.store):  # owns nothing yet
            assert await sent(at, patience=2.0) == {(name, None, None): 10}
        await missing_grant(trouble, True)
        async with hearing(consumer), redriving(consumer, service.store):
            moment = await at.connections[name].fetchval("select max(requested) from redrives")
            assert dict(await at.follow(moment, 3.0, lambda done, all_: None)) == {(name, None, None): 10}
            await missing_grant(trouble, False)
            found = await at.follow(moment, 20.0, lambda done, all_: None)
    assert dict(found) == {(name, "applied", None): 10}
    await heard_once(service, 100)


@pytest.fixture
def trouble(house: House, database: Database) -> Trouble:
    return Trouble(database, house.postgres.admin_url)


@pytest.fixture
async def beside(house: House, service: ReminderService) -> AsyncIterator[ReminderService]:
    """Another service that hears the same topic, and keeps no dead letters for others."""
    [made] = databases.databases(house.postgres.admin_url, [f"reminders_{uuid4().hex[:8]}"])
    await databases.provide(house.postgres.admin_url, [made])
    async with asyncpg.create_pool(made.url, min_size=1, max_size=4) as pool:
        yield ReminderService(replace(service.settings, database=made.url), PostgresStore(pool))


async def nobody_can_read(service: ReminderService, beside: ReminderService) -> None:
    """Thirty requests that the release of neither service can read; the first keeps them for all."""
    await service.publish(*requests(30))
    async with hearing(service.consumer(hears=OLD)):
        await all_taken(service, 30)
    async with hearing(beside.consumer(hears=OLD, keeps=False)):
        await all_taken(beside, 30)


async def test_what_nobody_could_read_goes_to_every_listener_once_it_can_be_read(
    service: ReminderService, beside: ReminderService
) -> None:
    await nobody_can_read(service, beside)
    assert (len(await service.dead_letters()), await beside.dead_letters()) == (30, [])
    async with counter(service, beside) as at:
        kept = await at.open_letters(ANY)
        assert await at.ask(kept, MOMENT) == 30
        for each in (service, beside):
            consumer = each.consumer()
            async with hearing(consumer), redriving(consumer, each.store):
                await until(partial(_settled, each))
            await heard_once(each, 30)
        names = (service.store_name, beside.store_name)
        assert await at.outcomes(MOMENT) == {(name, "applied", None): 30 for name in names}


async def _settled(service: ReminderService) -> bool:
    return bool(await service.store.pool.fetchval("select bool_and(settled is not null) from redrives"))


async def test_letters_of_a_stream_that_is_set_aside_still_can_be_sent_once_it_is_released(
    service: ReminderService, trouble: Trouble
) -> None:
    await trouble.owner(
        "insert into quarantined (stream, partition, at, version, reason, since) "
        f"values ('reminder-customer-3', {partition_of(b'customer-3', PARTITIONS)}, null, 0, 'p', now())"
    )
    consumer, name = service.consumer(), service.store_name
    async with hearing(consumer), redriving(consumer, service.store), counter(service) as at:
        await service.publish(*requests(100))
        await all_taken(service, 100)
        assert [outcome for _, outcome, _ in await sent(at)] == ["failed"]
        [letters] = (await at.open_letters(ANY)).values()
        assert [letter.attempt for letter in letters] == [2] * 5
        await trouble.owner("delete from quarantined")
        assert await sent(at) == {(name, "applied", None): 5}
    await heard_once(service, 100)
