"""A drill: a database is dumped, and restored on another server; nothing is lost, nothing doubled."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Literal

import asyncpg
import pytest

from deploy.errors import Trouble
from deploy.local.house.house import House
from deploy.provisioning import databases
from deploy.provisioning.databases import Database
from deploy.recovery.rebase import rebase
from shared.core.store import Changes, NeedsRebase
from shared.observe import metrics
from shared.observe.health import Health
from shared.publish.relay import Relay
from shared.recorder.log import SQL as RECORDER
from shared.service.database import open_database
from shared.storage.log_order import check_order
from shared.storage.postgres import PostgresStore
from tests.system.publish.publishing import all_published, fact, published
from tests.system.recovery.another_postgres import another_postgres, copy_tables, dump_and_restore, grow_old
from tests.system.reminder_service import ReminderService, relaying, until

Way = Literal["dump", "copy"]
FOLLOWED = RECORDER["from_place"]
"""What a follower of the log is told, from the beginning."""


@pytest.fixture(scope="module")
def younger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL on which next to nothing has happened."""
    with another_postgres(tmp_path_factory.mktemp("other") / "house") as url:
        yield url


async def restored(source: Database, admin_url: str, name: str, way: Way, directory: Path) -> Database:
    [target] = databases.databases(admin_url, [name])
    if source.url.partition("@")[2].partition("/")[0] in admin_url:  # the same server, the same roles
        urls = (f"{url.rpartition('/')[0]}/{name}" for url in (source.url, source.owner_url))
        target = Database(name, *urls)
    await databases.provide(admin_url, [target])
    if way == "dump":
        dump_and_restore(source, target, directory / "dump")
    else:
        await copy_tables(source, target, directory / "table")
    await databases.provide(admin_url, [target])
    return target


@asynccontextmanager
async def moved(service: ReminderService, to: Database) -> AsyncIterator[ReminderService]:
    """The same service and topic, on the restored database; connections as the service makes them."""
    pool = await open_database(replace(service.settings, database=to.url, service=to.service), Health(0))
    yield ReminderService(replace(service.settings, database=to.url), PostgresStore(pool))
    await pool.close()


async def half_published(service: ReminderService) -> None:
    """Three facts are published, two are not."""
    async with relaying(Relay(service.settings)):
        for n in range(1, 4):
            await service.store.commit(Changes(facts=[fact("reminder", n)]))
        await all_published(service)
    for n in range(4, 6):
        await service.store.commit(Changes(facts=[fact("reminder", n)]))


REMINDERS = [f"reminder/{n}" for n in range(1, 8)]


@pytest.mark.parametrize("way", ["dump", "copy"])
async def test_a_log_restored_on_a_younger_server_is_refused_until_it_was_rebased_and_then_goes_on(
    house: House, service: ReminderService, database: Database, younger: str, way: Way, tmp_path: Path
) -> None:
    await grow_old(house.postgres.admin_url)
    await half_published(service)
    target = await restored(database, younger, database.service, way, tmp_path)

    health = Health(monotonic())
    relay = Relay(replace(service.settings, database=target.url))
    with pytest.raises(NeedsRebase):
        await open_database(replace(service.settings, database=target.url), health)
    ready, wrong = health.ready(monotonic())
    assert not ready
    assert "evergreen rebase" in wrong["publishing"]
    assert metrics.RELAY_REFUSED._value.get() == 1
    assert metrics.RELAY_AGE._value.get() == float("inf")
    async with relaying(relay):
        await until(lambda: said(relay))
    assert await published(service) == REMINDERS[:3]

    assert await rebase(younger, target.service) == 2
    assert await rebase(younger, target.service) is None
    async with moved(service, target) as after, relaying(Relay(after.settings)):
        for n in range(6, 8):
            await after.store.commit(Changes(facts=[fact("reminder", n)], heartbeats={5: b"{}"}))
        await all_published(after)
        followed = await after.store.pool.fetch(FOLLOWED, "0", 0, [], 100)
    assert [each for each in await published(service) if each != "{}"] == REMINDERS
    assert [f"{row['stream']}/{row['version']}" for row in followed] == REMINDERS

    # The order is in the schema, which a copy of the tables leaves behind.
    again = await restored(target, younger, f"{target.service}_again", way, tmp_path)
    assert (await rebase(younger, again.service) is None) == (way == "dump")
    async with moved(service, again) as after:
        await after.store.commit(Changes(facts=[fact("reminder", 8)]))
        assert await after.store.pool.fetchval("select count(*) from unpublished") == 1


async def said(relay: Relay) -> bool:
    return "evergreen rebase" in (relay.problem or "")


async def test_a_log_restored_on_an_older_server_goes_on_as_it_is(
    house: House, service: ReminderService, younger: str, tmp_path: Path
) -> None:
    """Here from the younger server to that of the house; its transactions count on from beyond the log."""
    [source] = databases.databases(younger, [f"{service.topic}_young"])
    await databases.provide(younger, [source])
    await grow_old(house.postgres.admin_url, 5_000)
    async with moved(service, source) as before:
        await half_published(before)
    target = await restored(source, house.postgres.admin_url, source.service, "dump", tmp_path)
    assert await rebase(house.postgres.admin_url, target.service) is None
    async with moved(service, target) as after, relaying(Relay(after.settings)):
        for n in range(6, 8):
            await after.store.commit(Changes(facts=[fact("reminder", n)]))
        await all_published(after)
    assert await published(service) == REMINDERS


async def test_an_older_dump_on_the_same_server_publishes_what_followed_it_again_under_the_same_ids(
    house: House, service: ReminderService, database: Database, tmp_path: Path
) -> None:
    await half_published(service)
    target = await restored(database, house.postgres.admin_url, f"{database.service}_old", "dump", tmp_path)
    async with relaying(Relay(service.settings)):
        await all_published(service)
    async with moved(service, target) as after, relaying(Relay(after.settings)):
        await after.store.commit(Changes(facts=[fact("reminder", 6)]))
        await all_published(after)
    assert await published(service) == [*REMINDERS[:5], *REMINDERS[3:6]]


async def test_a_transaction_that_has_written_ends_before_the_order_moves(
    younger: str, service: ReminderService, tmp_path: Path
) -> None:
    """An unchecked writer, as an older release might be: its fact is published, not passed over."""
    [made] = databases.databases(younger, [f"{service.topic}_open"])
    await databases.provide(younger, [made])
    owner = await asyncpg.connect(made.owner_url)
    await owner.execute("update relay set xid = '999999'")
    pool = await asyncpg.create_pool(made.url, min_size=2, max_size=2)
    store = PostgresStore(pool)
    async with store.transaction() as connection:
        await store.write(connection, Changes(facts=[fact("reminder", 1)]))
        with pytest.raises(Trouble, match="lock timeout"):
            await rebase(f"{younger}?options=-c%20lock_timeout%3D200", made.service)
    assert await rebase(younger, made.service) == 0
    await store.commit(Changes(facts=[fact("reminder", 2)]))
    assert await pool.fetchval("select count(*) from unpublished") == 1
    async with pool.acquire() as connection:
        await check_order(connection)
    await pool.close()
    await owner.close()


async def test_what_is_no_log_can_not_be_rebased(younger: str) -> None:
    with pytest.raises(Trouble, match="has no log: restore it"):
        await rebase(younger, "postgres")
    with pytest.raises(Trouble, match="can't be reached"):
        await rebase(younger, "nobody")
