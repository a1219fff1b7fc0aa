"""A database of an earlier release is brought up, one of a later release is left alone, in words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from deploy.errors import Trouble
from deploy.local.house.house import House
from deploy.provisioning import databases
from deploy.provisioning.databases import Database
from deploy.provisioning.migrations import migrate
from shared.core.store import Position, Timer
from shared.core.stream import StreamName
from shared.storage.postgres import PostgresStore
from shared.storage.schema_version import SchemaMismatch, check_schema, components, migrations, mismatch

RELEASED = Path(__file__).with_name("released_2026_11_24.sql")
ANNA = StreamName("lead", "anna")
JANUARY = datetime(2026, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
async def released(house: House) -> Database:
    """A database as the release before numbered migrations left it."""
    [made] = databases.databases(house.postgres.admin_url, [f"reminders_{uuid4().hex[:8]}"])
    await databases.provide(house.postgres.admin_url, [made])
    owner = await asyncpg.connect(made.owner_url)
    await owner.execute("drop schema public cascade; create schema public")
    await owner.execute(f'grant usage on schema public to "{made.service}"')
    await owner.execute(RELEASED.read_text().replace(":runtime", f'"{made.service}"'))
    await owner.close()
    return made


async def test_a_database_of_the_last_release_is_upgraded_with_all_that_is_in_it(
    house: House, released: Database
) -> None:
    async with asyncpg.create_pool(released.url) as pool:
        with pytest.raises(SchemaMismatch, match=r"evergreen up.*evergreen provision"):
            await check_schema(pool, released.service)
        await databases.provide(house.postgres.admin_url, [released])
        await check_schema(pool, released.service)
        store = PostgresStore(pool)
        assert await store.bodies([ANNA]) == {ANNA: [b"{}"]}
        assert await store.positions([("signals", 3)]) == {("signals", 3): Position(8)}
        clock = (await store.clocks([3]))[3]
        assert clock.watermark == JANUARY
        assert clock.sources["/shop"].lateness == timedelta(days=1)
        assert await store.timers({3: JANUARY + timedelta(days=90)}, 10) == [
            Timer(JANUARY + timedelta(days=90), ANNA, 3)
        ]
        taken = bytes.fromhex("00112233445566778899aabbccddeeff")
        assert await store.seen([taken]) == {taken}
        kinds = [row[0] for row in await pool.fetch("select kind from unpublished")]
        assert sorted(kinds) == ["dead_letter", "fact", "heartbeat"]


async def tables(url: str) -> list[Any]:
    """Every column, index and grant of a database, as its catalogue has them."""
    connection = await asyncpg.connect(url)
    try:
        columns = await connection.fetch(
            "select table_name, column_name, data_type, is_nullable, column_default"
            " from information_schema.columns where table_schema = 'public' order by 1, 2"
        )
        indexes = await connection.fetch(
            "select indexname from pg_indexes where schemaname = 'public' order by 1"
        )
        grants = await connection.fetch(
            "select table_name, privilege_type from information_schema.role_table_grants"
            " where grantee = current_user order by 1, 2"
        )
    finally:
        await connection.close()
    return [*map(tuple, columns), *map(tuple, indexes), *map(tuple, grants)]


async def test_an_upgraded_database_is_made_like_a_new_one(
    house: House, released: Database, database: Database
) -> None:
    await databases.provide(house.postgres.admin_url, [released])
    for made in (released, database):
        owner = await asyncpg.connect(made.owner_url)
        await migrate(owner, "insight", f'"{made.service}"')
        await owner.close()
    assert await tables(released.url) == await tables(database.url)


async def test_a_database_of_a_later_release_is_refused_by_the_service_and_left_alone_by_provisioning(
    house: House, database: Database, pool: asyncpg.Pool
) -> None:
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute("insert into migrations values ('kernel', 9999, 'later', '')")
    await owner.close()
    with pytest.raises(SchemaMismatch, match=r"has migration 9999 of kernel.*run the release that made it"):
        await check_schema(pool, database.service)
    with pytest.raises(Trouble, match="9999 of kernel"):
        await databases.provide(house.postgres.admin_url, [database])


async def test_a_migration_that_was_changed_after_it_had_been_applied_is_named(
    house: House, database: Database
) -> None:
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute("update migrations set sha256 = 'other' where (component, number) = ('kernel', 1)")
    await owner.close()
    with pytest.raises(Trouble, match=r"migration 1 \(baseline\) of kernel was changed"):
        await databases.provide(house.postgres.admin_url, [database])


async def test_a_step_that_fails_changes_nothing_and_the_next_run_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = migrations(Path(components.__globals__["ROOT"]) / "shared" / "storage" / "migrations")
    broken = step[-1]._replace(number=len(step) + 1, name="odd", sql="create table odd (); select 1 / 0")
    owner = await asyncpg.connect(database.owner_url)
    monkeypatch.setattr("deploy.provisioning.migrations.components", lambda _: {"kernel": [*step, broken]})
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(owner, database.service, f'"{database.service}"')
    assert await owner.fetchval("select to_regclass('odd')") is None
    mended = broken._replace(sql="create table odd ()")
    monkeypatch.setattr("deploy.provisioning.migrations.components", lambda _: {"kernel": [*step, mended]})
    assert await migrate(owner, database.service, f'"{database.service}"') == [f"kernel {mended.number} odd"]
    await owner.close()


def test_numbers_have_no_gap(tmp_path: Path) -> None:
    (tmp_path / "0001_baseline.sql").touch()
    (tmp_path / "0003_more.sql").touch()
    with pytest.raises(ValueError, match=r"0003_more.sql: .* without a gap"):
        migrations(tmp_path)


def test_a_release_works_on_its_own_schema_alone() -> None:
    assert mismatch({"kernel": 2}, {"kernel": 2, "other": 7}) is None
    assert "needs 2" in (mismatch({"kernel": 2}, {}) or "")
    assert "knows 2" in (mismatch({"kernel": 2}, {"kernel": 3}) or "")
