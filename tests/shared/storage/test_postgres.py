"""What only PostgreSQL can show: round trips, grants, one transaction for all, plans that do not grow."""

from typing import Any

import asyncpg
import pytest

from deploy.provisioning.databases import Database
from shared.core.batch import Batch
from shared.core.store import Changes, Conflict, Position
from shared.core.watermark import Clock
from shared.service.transactor import Transactor
from shared.storage.postgres import SQL, PostgresStore
from tests.shared.core.reminders import DECIDED, NOON, beat, heard, reminder, reminder_stage, requested
from tests.shared.storage.changes import fact

pytestmark = pytest.mark.system


async def statements_for(store: PostgresStore, events: int, offset: int) -> int:
    """How many statements one batch takes: of as many reminders, half of them new, and timers that fire."""
    batch = [requested(f"w{offset + n}", f"e{n}", at=offset) for n in range(events)]
    records = heard(*batch, beat(offset + 6), requested(f"x{offset}", "last", at=offset + 7), offset=offset)
    positions = {("requests", 0): (offset and 12, offset + len(records))}
    before = store.statements_sent
    transactor = Transactor(reminder_stage(), DECIDED, store)
    await transactor.transact(Batch(records, (), positions), NOON, lambda cause, _: cause)
    return store.statements_sent - before


async def test_a_batch_of_a_thousand_takes_as_many_round_trips_as_one_of_ten(postgres: PostgresStore) -> None:
    await postgres.open_positions({("requests", 0): Position(0)})
    ten = await statements_for(postgres, 10, offset=0)
    thousand = await statements_for(postgres, 1_000, offset=100)
    assert ten == thousand
    assert await postgres.pool.fetchval("select count(*) from facts where type = 'reminder.sent'") == 1_011


async def test_the_statements_that_are_counted_are_those_that_are_sent(postgres: PostgresStore) -> None:
    sent: list[str] = []
    async with postgres.pool.acquire() as connection:
        connection.add_query_logger(lambda query: sent.append(query.query))
        timers = {reminder("y"): (0, NOON), reminder("z"): (0, None)}
        await postgres.write(connection, Changes(facts=[fact("reminder-z", 1)], timers=timers))
    ours = [statement for statement in sent if statement in SQL.values()]  # asyncpg asks for types, once
    assert (len(ours), postgres.statements_sent) == (2, 3)  # facts are copied, which asyncpg does not log


@pytest.mark.parametrize("statement", ["update {} set xid = xid", "delete from {}", "truncate {}"])
@pytest.mark.parametrize("table", ["facts", "dead_letters"])
async def test_a_service_cannot_change_what_was_once_said(
    postgres: PostgresStore, statement: str, table: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await postgres.pool.execute(statement.format(table))


async def test_what_else_a_service_writes_shares_the_fate_of_its_facts(postgres: PostgresStore) -> None:
    await postgres.commit(Changes(facts=[fact("reminder-a", 1)]))
    with pytest.raises(Conflict):
        await _commit_and_also(
            postgres, "reminder-a", "insert into timers values ('reminder-lost', 0, now())"
        )
    await _commit_and_also(postgres, "reminder-b", "insert into timers values ('reminder-with', 0, now())")
    assert [row[0] for row in await postgres.pool.fetch("select stream from timers")] == ["reminder-with"]


async def _commit_and_also(postgres: PostgresStore, stream: str, statement: str) -> None:
    async with postgres.transaction() as connection:
        await connection.execute(statement)
        await postgres.write(connection, Changes(facts=[fact(stream, 1)]))


async def test_what_is_unpublished_is_found_without_reading_the_log(
    postgres: PostgresStore, database: Database
) -> None:
    await postgres.commit(Changes(facts=[fact("reminder-a", version) for version in range(1, 5_001)]))
    await postgres.pool.execute("update relay set (xid, position) = (select xid, position from outbox "
                                "order by xid desc, position desc limit 1)")  # fmt: skip
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute("analyze")
    await owner.close()
    plan: Any = await postgres.pool.fetch("explain select exists (select from unpublished)")
    assert not [row[0] for row in plan if "Seq Scan on facts" in row[0]]
    assert await postgres.pool.fetchval("select count(*) from unpublished") == 0
    await postgres.commit(Changes(facts=[fact("reminder-b", 1)]))
    assert await postgres.pool.fetchval("select count(*) from unpublished") == 1


async def test_a_tick_writes_the_source_that_spoke_and_no_other(postgres: PostgresStore) -> None:
    before = Clock().hear(beat(0, "/shop")).hear(beat(0, "/app")).hear(beat(1, "/app"))
    await postgres.commit(Changes(clocks={0: (Clock(), before)}))
    written = await postgres.pool.fetchval("select xmin::text from clocks where source = '/app'")
    await postgres.commit(Changes(clocks={0: (before, before.hear(beat(2, "/shop")))}))
    assert await postgres.pool.fetchval("select xmin::text from clocks where source = '/app'") == written
    assert await postgres.pool.fetchval("select xmin::text from clocks where source = '/shop'") != written
