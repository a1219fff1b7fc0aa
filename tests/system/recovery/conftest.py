from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest

from deploy.local.house.house import House
from deploy.provisioning import databases
from shared.storage.postgres import PostgresStore
from tests.system.reminder_service import ReminderService


@pytest.fixture
async def beside(house: House, service: ReminderService) -> AsyncIterator[ReminderService]:
    """Another service that hears the same topic, and keeps no dead letters for others."""
    [made] = databases.databases(house.postgres.admin_url, [f"reminders_{uuid4().hex[:8]}"])
    await databases.provide(house.postgres.admin_url, [made])
    async with asyncpg.create_pool(made.url, min_size=1, max_size=4) as pool:
        yield ReminderService(replace(service.settings, database=made.url), PostgresStore(pool))
