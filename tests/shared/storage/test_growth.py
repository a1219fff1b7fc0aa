"""What is asked every second costs the same however long the log has grown: few pages, along the indexes."""

import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.provisioning.databases import Database
from shared.storage.sql import statements

pytestmark = pytest.mark.system
ROOT = Path(__file__).parents[3]
RELAY = statements(ROOT / "shared" / "publish" / "relay.sql")
MONITOR = statements(ROOT / "shared" / "service" / "monitor.sql")

FACTS = """
insert into facts (stream, version, id, type, partition, happened, recorded, body)
select 'reminder-' || n, 1, gen_random_uuid(), 'reminder.set', 0, now(), now(), ''
from generate_series(1, 30000) as n
"""
LETTERS = """
insert into dead_letters (topic, partition, offset_, body, headers, reason, recorded)
select 'requests', 0, n, '', '[]', 'it is no event', now() from generate_series(1, 30000) as n
"""
ALL_BUT_ONE = (
    "update relay set (xid, position) = (select xid, position - 1 from facts order by position desc limit 1)"
)
TIMERS = "insert into timers select 'reminder-' || n, n % 6, now() from generate_series(1, 30000) as n"
CLOCKS = "insert into watermarks select n, now() - interval '1 day' from generate_series(0, 5) as n"


@pytest.fixture
async def owner(database: Database) -> Any:
    connection = await asyncpg.connect(database.owner_url)
    yield connection
    await connection.close()


async def pages(owner: Any, statement: str, *arguments: object) -> int:
    """Pages read by a statement, with statistics, as it is planned for whatever arguments."""
    await owner.execute("analyze")
    await owner.execute("set plan_cache_mode = force_generic_plan")
    await owner.execute(f"prepare asked as {statement}")
    given = f"({', '.join(map(repr, arguments))})" if arguments else ""
    lines = [row[0] for row in await owner.fetch(f"explain (analyze, buffers) execute asked{given}")]
    await owner.execute("deallocate asked")
    told = next(line for line in lines if "Buffers" in line)
    return sum(map(int, re.findall(r"(?:hit|read|written)=(\d+)", told)))


async def test_who_stands_by_sees_what_waits_without_reading_the_log(owner: Any) -> None:
    await owner.execute(FACTS)
    await owner.execute(ALL_BUT_ONE)
    assert (await owner.fetchrow(RELAY["progress"]))["waits"]
    assert await pages(owner, RELAY["progress"]) < 100
    await owner.execute("update relay set position = position + 1")
    assert not (await owner.fetchrow(RELAY["progress"]))["waits"]
    assert await pages(owner, RELAY["progress"]) < 100


async def test_what_waits_is_counted_without_reading_the_log(owner: Any) -> None:
    await owner.execute(FACTS)
    await owner.execute(ALL_BUT_ONE)
    assert (await owner.fetchrow(MONITOR["depth"]))["count"] == 1
    assert await pages(owner, MONITOR["depth"]) < 100


async def test_timers_that_are_not_due_are_not_counted_one_by_one(owner: Any) -> None:
    await owner.execute(TIMERS)
    await owner.execute(CLOCKS)
    assert await owner.fetchval(MONITOR["backlog"]) == 0
    assert await pages(owner, MONITOR["backlog"]) < 100
    await owner.execute("update watermarks set watermark = now()")
    assert await owner.fetchval(MONITOR["backlog"]) == 30_000


async def test_a_page_of_the_relay_does_not_sort_all_the_dead_letters_that_wait(owner: Any) -> None:
    await owner.execute(FACTS)
    await owner.execute(LETTERS)
    assert await pages(owner, RELAY["after"], "0", 0, 100, 4_194_304) < 100
