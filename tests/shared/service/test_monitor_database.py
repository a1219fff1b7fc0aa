"""A figure that takes its time says nothing of the database; a database that is away is said."""

import asyncio
from datetime import timedelta
from time import monotonic

import asyncpg
import pytest

from deploy.provisioning.databases import Database
from shared.core.store import Changes
from shared.core.watermark import Clock
from shared.observe.health import Health
from shared.service.monitor import Monitor
from shared.storage.postgres import PostgresStore
from shared.storage.schema_version import numbers
from tests.shared.core.reminders import beat, minute

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


async def test_a_figure_that_is_never_read_is_said(database: Database, pool: asyncpg.Pool) -> None:
    """Such as while a table is locked: whatever the figures tell would be told for ever."""
    health = Health(monotonic())
    monitor = Monitor(health)
    owner = await asyncpg.connect(database.owner_url)
    async with owner.transaction():
        await owner.execute("lock table quarantined in access exclusive mode")
        async with asyncio.timeout(20):
            while "figures" not in health.attention(monotonic()):
                await monitor._ask(pool)
    await owner.close()
    assert "are older than they seem (TimeoutError" in health.attention(monotonic())["figures"]
    await monitor._ask(pool)
    assert "figures" not in health.attention(monotonic())


async def test_a_database_that_is_away_is_said(database: Database) -> None:
    health = Health(monotonic())
    pool = await asyncpg.create_pool(database.url, min_size=1, max_size=1)
    await Monitor(health)._ask(pool)
    assert "database" not in health.ready(monotonic())[1]
    pool.terminate()
    await Monitor(health)._ask(pool)
    assert "does not answer" in health.ready(monotonic())[1]["database"]


async def test_a_source_that_a_clock_waits_for_is_told_with_the_way_out_and_not_once_it_closed(
    pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.service.clocks.PATIENCE", timedelta())
    health, store = Health(monotonic()), PostgresStore(pool)
    monitor = Monitor(health)
    held = Clock().hear(beat(0, "/history", lease=10)).hear(beat(10**5, "/shop", lease=10))
    await store.commit(Changes(clocks={0: (Clock(), held)}))
    for _ in range(2):
        await monitor._ask(pool)
    told = health.attention(monotonic())["clock"]
    assert "the clock waits for /history" in told
    assert "--source /history --time 2026-01-01T12:00:00Z closed=true" in told
    freed = held.hear(beat(0, "/history", closed=True, lease=1))
    assert freed.watermark == minute(10**5)
    await store.commit(Changes(clocks={0: (held, freed)}))
    await monitor._ask(pool)
    assert "clock" not in health.attention(monotonic())


async def test_tables_that_a_newer_release_changed_meanwhile_are_said(
    database: Database, pool: asyncpg.Pool
) -> None:
    health = Health(monotonic())
    known = numbers(database.service)
    monitor = Monitor(health, known)
    await monitor._ask(pool)
    assert "schema" not in health.ready(monotonic())[1]
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute(
        "insert into migrations (component, number, name, sha256) values ('kernel', $1, 'next', '')",
        known["kernel"] + 1,
    )
    await owner.close()
    await monitor._ask(pool)
    assert "an older one must not write here" in health.ready(monotonic())[1]["schema"]
