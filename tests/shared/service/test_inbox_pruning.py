"""The inbox forgets by slots of thirty days: nothing younger than sixty, nothing while somebody reads."""

import asyncpg
import pytest

from deploy.provisioning.databases import Database
from shared.service.inbox_pruning import prune
from shared.storage.postgres import PostgresStore

pytestmark = pytest.mark.timeout(300)
DAYS_AGO = "insert into inbox (slot, key) values (inbox_slot(now() - make_interval(days => $1)), $2)"


def key(days: int) -> bytes:
    return days.to_bytes(16, "big")


async def test_what_is_older_than_the_two_periods_before_is_forgotten_and_the_rest_is_not(
    postgres: PostgresStore,
) -> None:
    ages = [0, 30, 60, 90]
    await postgres.pool.executemany(DAYS_AGO, [(age, key(age)) for age in ages])
    assert await prune(postgres.pool)
    assert await postgres.seen([key(age) for age in ages]) == {key(0), key(30), key(60)}
    assert not await prune(postgres.pool)


async def test_an_event_of_an_earlier_period_is_a_duplicate_still(postgres: PostgresStore) -> None:
    await postgres.pool.execute(DAYS_AGO, 59, key(59))
    assert await postgres.seen([key(59), key(1)]) == {key(59)}


async def test_pruning_gives_way_to_a_reader_instead_of_making_others_wait_behind_it(
    postgres: PostgresStore, database: Database
) -> None:
    await postgres.pool.execute(DAYS_AGO, 90, key(90))
    reader = await asyncpg.connect(database.url)
    async with reader.transaction():
        await reader.fetch("select from inbox")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await prune(postgres.pool)
    assert await prune(postgres.pool)
    await reader.close()


async def test_the_runtime_role_can_forget_slots_but_neither_change_nor_delete_a_key(
    postgres: PostgresStore,
) -> None:
    for statement in ("delete from inbox", "update inbox set slot = 0", "truncate inbox", "truncate facts"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await postgres.pool.execute(statement)
