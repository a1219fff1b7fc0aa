"""Insight on a real PostgreSQL, without Kafka: what a poll would bring is handed to its handler."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from deploy.local.house.house import House
from deploy.provisioning import databases
from deploy.provisioning.databases import Database
from deploy.provisioning.migrations import migrate
from services.insight.app import InsightHandler
from shared.core.store import Position
from shared.observe.health import Health
from shared.publish.relay import Relay
from shared.service.runtime import ServiceContext
from shared.settings import Settings
from shared.storage.postgres import PostgresStore
from tests.insight.cdnow_records import PARTITIONS


@pytest.fixture
async def insight(database: Database, pool: asyncpg.Pool) -> ServiceContext:
    """What insight's work stands on: its tables, and a relay that is woken but does not run."""
    return await context(database, pool)


@pytest.fixture
async def another(house: House) -> AsyncIterator[ServiceContext]:
    """The same on a database of its own, to compare with."""
    [made] = databases.databases(house.postgres.admin_url, [f"reminders_{uuid4().hex[:8]}"])
    await databases.provide(house.postgres.admin_url, [made])
    async with asyncpg.create_pool(made.url, min_size=1, max_size=4) as pool:
        yield await context(made, pool)


async def context(database: Database, pool: asyncpg.Pool) -> ServiceContext:
    """Insight's tables made, its partitions opened."""
    owner = await asyncpg.connect(database.owner_url)
    await migrate(owner, "insight", f'"{database.service}"')
    await owner.close()
    store = PostgresStore(pool)
    await store.open_positions({("signals", partition): Position(0) for partition in range(PARTITIONS)})
    settings = Settings("insight", "127.0.0.1:1", database.url, "127.0.0.1:0", "1", batch=500, poll_ms=10)
    return ServiceContext(settings, store, Relay(settings), Health(0.0))


@pytest.fixture
def handler(insight: ServiceContext) -> InsightHandler:
    """One process that has all partitions."""
    return holder(insight, range(PARTITIONS))


def holder(context: ServiceContext, partitions: range) -> InsightHandler:
    """The handler of a process that has these partitions; it looks only when it is handed a batch."""
    handler = InsightHandler(context)
    handler.judge.partitions = frozenset(partitions)
    return handler
