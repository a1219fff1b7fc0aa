"""What an append-only log in commit order owes to those who follow it, and refuses them."""

import asyncio
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import asyncpg
import pytest
from eventsourcing.persistence import (
    DatabaseError,
    DataError,
    Notification,
    NotSupportedError,
    OperationalError,
    StoredEvent,
)

from deploy.provisioning.databases import Database
from shared.core.store import Changes
from shared.recorder import log as log_module
from shared.recorder.blocking_pool import BlockingPool
from shared.recorder.log import Log
from shared.recorder.notification_id import RANKS, place
from shared.recorder.recorder import LogRecorder
from shared.storage.postgres import PostgresStore
from tests.shared.recorder.writing import write
from tests.shared.storage.changes import fact

pytestmark = pytest.mark.system

BY_POSITION = """select '0' as xid, position as rank, stream, version, type, body from facts
where position >= $2::bigint and $1::text is not null and $3::text[] is not null order by position limit $4"""


def names(found: Sequence[Notification]) -> list[str]:
    return [f"{each.originator_id}/{each.originator_version}" for each in found]


async def followed(recorder: LogRecorder, after: int) -> Sequence[Notification]:
    return await asyncio.to_thread(recorder.select_notifications, after, 100, inclusive_of_start=False)


async def around_a_late_commit(postgres: PostgresStore, recorder: LogRecorder) -> list[str]:
    """Two looks, one before and one after an earlier transaction commits late; what both found."""
    async with postgres.transaction() as connection:
        await postgres.write(connection, Changes(facts=[fact("reminder-early", 1)]))
        await postgres.commit(Changes(facts=[fact("reminder-late", 1)]))
        before = await followed(recorder, 0)
    await write(postgres, [fact("reminder-last", 1)])
    return names([*before, *await followed(recorder, before[-1].id if before else 0)])


async def test_what_commits_late_is_neither_skipped_nor_overtaken(
    postgres: PostgresStore, recorder: LogRecorder
) -> None:
    assert (
        await around_a_late_commit(postgres, recorder)
        == "reminder-early/1 reminder-late/1 reminder-last/1".split()
    )


async def test_ids_from_the_position_alone_would_skip_it(
    postgres: PostgresStore, recorder: LogRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(log_module.SQL, "from_place", BY_POSITION)
    assert await around_a_late_commit(postgres, recorder) == ["reminder-late/1", "reminder-last/1"]


async def test_what_is_behind_an_older_running_transaction_is_not_the_newest_yet(
    postgres: PostgresStore, recorder: LogRecorder
) -> None:
    await write(postgres, [fact("reminder-a", 1), fact("reminder-a", 2)])
    settled = recorder.max_notification_id()
    async with postgres.transaction() as connection:
        await postgres.write(connection, Changes(facts=[fact("reminder-b", 1)]))
        await postgres.commit(Changes(facts=[fact("reminder-c", 1)]))
        assert recorder.max_notification_id() == settled
    await write(postgres, [fact("reminder-d", 1)])
    assert (
        names(recorder.select_notifications(settled, 9))
        == "reminder-a/2 reminder-b/1 reminder-c/1 reminder-d/1".split()
    )


async def test_a_page_begins_in_the_middle_of_a_transaction(
    postgres: PostgresStore, recorder: LogRecorder
) -> None:
    for stream in ("reminder-a", "reminder-b"):
        await write(postgres, [fact(stream, version) for version in range(1, 1_101)])
    every = recorder.select_notifications(None, 10_000)
    assert names(every) == [
        f"{stream}/{version}" for stream in ("reminder-a", "reminder-b") for version in range(1, 1_101)
    ]
    assert all(one.id < after.id for one, after in pairwise(every))
    assert [place(each.id)[1] for each in every] == [*range(1_100), *range(1_100)]
    for start in (0, 1, 499, 1_099, 1_100, 2_199):
        assert recorder.select_notifications(every[start].id, 3) == every[start : start + 3]


async def test_a_rare_type_is_found_page_after_page_and_stops_at_the_end_asked_for(
    postgres: PostgresStore, recorder: LogRecorder
) -> None:
    facts = [fact("reminder-a", version) for version in range(1, 1_201)]
    for rare in (3, 1_199):
        facts[rare] = facts[rare]._replace(type="reminder.sent")
    await write(postgres, facts)
    first, second = recorder.select_notifications(None, 10, topics=["reminder.sent"])
    assert names([first, second]) == ["reminder-a/4", "reminder-a/1200"]
    assert recorder.select_notifications(None, 1, topics=["reminder.sent"]) == [first]
    assert recorder.select_notifications(None, 10, stop=second.id - 1, topics=["reminder.sent"]) == [first]


async def test_a_log_that_is_written_by_its_service_alone_says_so(
    recorder: LogRecorder, reading: BlockingPool
) -> None:
    with pytest.raises(NotSupportedError, match="written by its service alone"):
        recorder.insert_events([StoredEvent("reminder-a", 1, "reminder.set", b"{}")])
    with pytest.raises(DatabaseError, match="read-only transaction"):
        reading.fetch("delete from timers")


COPIED = """insert into facts (xid, stream, version, id, type, partition, happened, recorded, body)
select $1::text::xid8, $2, 1, id, type, partition, happened, recorded, body
from facts where stream = 'reminder-a'"""


async def test_transactions_are_ordered_as_numbers(postgres: PostgresStore, recorder: LogRecorder) -> None:
    await write(postgres, [fact("reminder-a", 1)])
    for xid in ("10", "100", "9"):
        await postgres.pool.execute(COPIED, xid, f"reminder-{xid}")
    found = recorder.select_notifications(None, 9)
    assert names(found) == ["reminder-9/1", "reminder-10/1", "reminder-100/1", "reminder-a/1"]
    assert recorder.max_notification_id() == found[-1].id


async def test_a_log_restored_from_a_server_that_was_ahead_is_refused(
    postgres: PostgresStore, reading: BlockingPool
) -> None:
    await write(postgres, [fact("reminder-a", 1)])
    await postgres.pool.execute(COPIED, "1000000000", "reminder-b")
    with pytest.raises(OperationalError, match="restored from another server"):
        LogRecorder(Log(reading))


async def test_a_position_that_the_server_cannot_have_given_is_refused(recorder: LogRecorder) -> None:
    with pytest.raises(DataError, match="not of this log"):
        recorder.subscribe(gt=10**9 * RANKS)


async def test_a_server_that_is_away_is_named_as_such() -> None:
    pool = BlockingPool("postgresql://nobody@127.0.0.1:1/nothing")
    try:
        with pytest.raises(OperationalError, match="the log can't be read"):
            LogRecorder(Log(pool))
    finally:
        pool.close()


async def test_a_page_reads_no_more_of_a_long_log_than_it_shows(
    postgres: PostgresStore, database: Database
) -> None:
    facts = [fact(f"reminder-{n}", version) for n in range(100) for version in range(1, 101)]
    for begin in range(0, len(facts), 100):
        await postgres.commit(Changes(facts=facts[begin : begin + 100]))
    await write(postgres, [fact("reminder-last", 1)])
    await as_owner(database, "analyze facts")
    middle = await postgres.pool.fetchval(
        "select xid::text from facts order by facts.xid offset 5000 limit 1"
    )
    asked: list[tuple[int, str, tuple[Any, ...]]] = [
        (1, "foreign", ()),
        (100, "stream", ("reminder-7", 0, 2**31, None)),
        (100, "stream_backwards", ("reminder-7", 0, 2**31, 1)),
        (500 + 100, "from_place", (middle, 3, [], 500)),
        (1, "newest", ()),
    ]
    for most, name, arguments in asked:
        rows = await postgres.pool.fetch(f"explain (analyze, timing off) {log_module.SQL[name]}", *arguments)
        plan = "\n".join(row[0] for row in rows)
        assert max(float(read) for read in re.findall(r"actual rows=([\d.]+)", plan)) <= most, plan
        assert "Seq Scan" not in plan, plan


async def test_who_waits_at_the_end_reads_nothing_again(
    postgres: PostgresStore, reading: BlockingPool
) -> None:
    await write(postgres, [fact("reminder-a", version) for version in range(1, 401)])
    end = Log(reading).page(0, (), 500).end
    xid, rank = place(end + 1)
    asked = f"explain (analyze, timing off) {log_module.SQL['from_place']}"
    plan = "\n".join(row[0] for row in await postgres.pool.fetch(asked, str(xid), rank, [], 500))
    assert {float(read) for read in re.findall(r"actual rows=([\d.]+)", plan)} == {0}, plan


async def as_owner(database: Database, statement: str) -> None:
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute(statement)
    await owner.close()
