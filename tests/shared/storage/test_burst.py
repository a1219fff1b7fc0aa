"""Many timers due at once on a real PostgreSQL: in bounded transactions, read in the order of their index."""

import re

import pytest

from shared.core.batch import Batch
from shared.core.decision import SLICE
from shared.core.store import Position
from shared.service.transactor import Transactor
from shared.storage.postgres import SQL, PostgresStore
from shared.storage.sql import columns
from tests.shared.core.reminders import DECIDED, NOON, beat, heard, minute, reminder_stage, requested

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
REMINDERS = 10 * SLICE


async def test_no_transaction_of_a_burst_is_larger_than_a_slice(postgres: PostgresStore) -> None:
    transactor = Transactor(reminder_stage(), DECIDED, postgres)
    await postgres.open_positions({("requests", 0): Position(0)})
    records = heard(*(requested(f"w{n}", f"e{n}", minutes=5 + n % 3) for n in range(REMINDERS)), beat(60))
    for start in range(0, REMINDERS + 1, SLICE):
        part = records[start : start + SLICE]
        batch = Batch(part, (), {("requests", 0): (start, start + len(part))})
        await transactor.transact(batch, NOON, lambda cause, _: cause)
    sent = "select count(*) from facts where type = 'reminder.sent'"
    assert await postgres.pool.fetchval(sent) == REMINDERS
    assert await postgres.pool.fetchval(f"select max(count) from ({sent} group by xid) as slices") == SLICE
    assert await postgres.positions([("requests", 0)]) == {("requests", 0): Position(REMINDERS + 1)}
    assert not await postgres.timers({0: minute(60)}, 1)


async def test_the_first_of_many_timers_are_found_without_reading_the_rest(postgres: PostgresStore) -> None:
    await postgres.pool.execute(
        "insert into timers select 'reminder-' || n, n % 6, $1 from generate_series(1, 60000) as n", minute(5)
    )
    asked = columns([(partition, minute(60)) for partition in range(6)], 2)
    plan = await postgres.pool.fetch(f"explain (analyze, buffers) {SQL['timers']}", *asked, 100)
    lines = [row[0] for row in plan]
    pages = re.search(r"shared hit=(\d+)", next(line for line in lines if "Buffers" in line))
    assert pages, "\n".join(lines)
    assert 0 < int(pages[1]) < 1_000, "\n".join(lines)
