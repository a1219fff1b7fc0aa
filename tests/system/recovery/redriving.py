"""Dead letters made, asked for and sent through their service again, and what became of each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import asyncpg

from deploy.recovery.dead_letters.letters import Choice
from deploy.recovery.dead_letters.sending import Databases, Outcome
from shared.consume.consumer import Consumer
from shared.contracts.fact import vocabulary
from shared.service.redriver import Redriver
from shared.storage.postgres import PostgresStore
from tests.shared.core.reminders import ReminderRequested
from tests.system.failing_rules import FailingRules
from tests.system.reminder_service import ReminderService, hearing
from tests.system.requests import all_taken, requests

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


async def refused(service: ReminderService, rules: FailingRules, count: int = 10) -> None:
    """A hundred requests, of which so many become dead letters."""
    async with hearing(service.consumer(rules.handler(service))):
        await service.publish(*requests(100))
        await all_taken(service, 100)
    assert len(await service.dead_letters()) == count


async def nobody_can_read(service: ReminderService, beside: ReminderService) -> None:
    """Thirty requests that the release of neither service can read; the first keeps them for all."""
    await service.publish(*requests(30))
    async with hearing(service.consumer(hears=OLD)):
        await all_taken(service, 30)
    async with hearing(beside.consumer(hears=OLD, keeps=False)):
        await all_taken(beside, 30)


async def settled(service: ReminderService) -> bool:
    return bool(await service.store.pool.fetchval("select bool_and(settled is not null) from redrives"))
