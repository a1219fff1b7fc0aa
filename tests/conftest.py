"""What tests on real servers stand on: one house for the whole run, a new database for each test."""

import signal
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import asyncpg
import pytest

from deploy.local.house.house import House
from deploy.provisioning import databases, topics
from deploy.provisioning.databases import Database
from shared.settings import Settings
from shared.storage.postgres import PostgresStore
from tests.system.reminder_service import PARTITIONS, ReminderService

# A shell that runs the tests in the background has them ignore Ctrl-C, and so all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


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
    [made] = databases.databases(house.postgres.admin_url, [f"reminders_{uuid4().hex[:8]}"])
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


@pytest.fixture
async def service(house: House, database: Database, postgres: PostgresStore) -> ReminderService:
    """A made-up service on real servers, with a topic and a database of its own."""
    await topics.provide(
        house.kafka.bootstrap, [topics.Topic(database.service, PARTITIONS, retention_days=1)]
    )
    settings = Settings(
        database.service,
        house.kafka.bootstrap,
        database.url,
        "127.0.0.1:0",
        instance="1",
        batch=2_000,
        poll_ms=10,
    )
    return ReminderService(settings, postgres)
