"""A figure that takes its time says nothing of the database; a database that is away is said."""

from time import monotonic

import asyncpg
import pytest

from deploy.provisioning.databases import Database
from shared.observe.health import Health
from shared.service.monitor import Monitor

pytestmark = pytest.mark.system


async def test_a_slow_figure_does_not_make_the_database_one_that_does_not_answer(
    database: Database, pool: asyncpg.Pool
) -> None:
    health = Health(monotonic())
    owner = await asyncpg.connect(database.owner_url)
    async with owner.transaction():
        await owner.execute("lock table timers in access exclusive mode")
        await Monitor(health)._ask(pool)
    await owner.close()
    assert "database" not in health.ready(monotonic())[1]


async def test_a_database_that_is_away_is_said(database: Database) -> None:
    health = Health(monotonic())
    pool = await asyncpg.create_pool(database.url, min_size=1, max_size=1)
    await Monitor(health)._ask(pool)
    assert "database" not in health.ready(monotonic())[1]
    pool.terminate()
    await Monitor(health)._ask(pool)
    assert "does not answer" in health.ready(monotonic())[1]["database"]
