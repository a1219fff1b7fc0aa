"""What tests on real servers stand on: one house for the whole run, a new database for each test."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import asyncpg
import pytest

from deploy import databases
from deploy.databases import Database
from deploy.local.house import House
from shared.postgres import PostgresStore


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A real Kafka and a real PostgreSQL without services."""
    house = House.open(tmp_path_factory.mktemp("house"), services=[])
    yield house
    for server in ("kafka", "postgres"):
        house.kill(server)  # nothing of it is needed again, and a clean stop takes ten seconds
    house.close()
    house.forget()


@pytest.fixture
async def database(house: House) -> Database:
    """A database of the kernel's tables with its two roles, new for this test."""
    [made] = databases.databases(house.postgres.admin_url, [f"kitchen_{uuid4().hex[:8]}"])
    await databases.provide(house.postgres.admin_url, [made])
    return made


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[asyncpg.Pool]:
    """Connections as a service has them: in its runtime role."""
    async with asyncpg.create_pool(database.url, min_size=1, max_size=4) as pool:
        yield pool


@pytest.fixture
def postgres(pool: asyncpg.Pool) -> PostgresStore:
    return PostgresStore(pool)
