"""Following: what comes next comes, who waits can be stopped, an outage is waited out and not for ever."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest
from eventsourcing.persistence import OperationalError

from shared.core.store import Changes
from shared.recorder import subscription as subscription_module
from shared.recorder.blocking_pool import BlockingPool
from shared.recorder.log import Log, Page
from shared.recorder.recorder import LogRecorder
from shared.recorder.subscription import LogSubscription
from shared.storage.postgres import PostgresStore
from tests.shared.recorder.writing import write
from tests.shared.storage.changes import fact
from tests.system.reminder_service import until

pytestmark = pytest.mark.system
T = TypeVar("T")


class WatchedLog(Log):
    """Remembers from where it was looked at."""

    def __init__(self, pool: BlockingPool) -> None:
        super().__init__(pool)
        self.looks: list[int] = []

    def page(self, after: int, types: Sequence[str], at_most: int) -> Page:
        self.looks.append(after)
        return super().page(after, types, at_most)

    async def looked_again(self) -> None:
        """Twice, so that one look began after now."""
        before = len(self.looks)

        async def more() -> bool:
            return len(self.looks) >= before + 2

        await until(more)


@pytest.fixture
def log(reading: BlockingPool) -> WatchedLog:
    return WatchedLog(reading)


@pytest.fixture
def recorder(log: WatchedLog) -> LogRecorder:
    return LogRecorder(log)


async def soon(answer: Callable[[], T]) -> T:
    """What a blocking call answers within its time, while the test goes on."""
    return await asyncio.wait_for(asyncio.to_thread(answer), 20)


def streams(following: LogSubscription, number: int) -> list[str]:
    return [str(next(following).originator_id) for _ in range(number)]


async def test_what_is_decided_while_somebody_waits_comes(
    postgres: PostgresStore, recorder: LogRecorder, log: WatchedLog
) -> None:
    with recorder.subscribe() as following:
        waiting = asyncio.create_task(soon(lambda: streams(following, 2)))
        await log.looked_again()
        await write(postgres, [fact("reminder-a", 1), fact("reminder-b", 1)])
        assert await waiting == ["reminder-a", "reminder-b"]


async def test_who_follows_waits_for_the_older_of_two_transactions_and_hears_both_in_order(
    postgres: PostgresStore, recorder: LogRecorder, log: WatchedLog
) -> None:
    with recorder.subscribe() as following:
        async with postgres.transaction() as connection:
            await postgres.write(connection, Changes(facts=[fact("reminder-early", 1)]))
            await postgres.commit(Changes(facts=[fact("reminder-late", 1)]))
            waiting = asyncio.create_task(soon(lambda: streams(following, 2)))
            await log.looked_again()
            assert not waiting.done()
        assert await waiting == ["reminder-early", "reminder-late"]


async def test_who_waits_for_a_rare_type_looks_at_each_fact_once(
    postgres: PostgresStore, recorder: LogRecorder, log: WatchedLog
) -> None:
    await write(postgres, [fact("reminder-a", version) for version in range(1, 1_201)])
    with recorder.subscribe(topics=["reminder.sent"]) as following:
        waiting = asyncio.create_task(soon(lambda: streams(following, 1)))

        async def at_the_end() -> bool:
            return bool(log.looks) and log.looks[-1] >= (recorder.max_notification_id() or 0)

        await until(at_the_end)
        assert len(set(log.looks)) == 4  # the beginning, two full pages, the end
        await write(postgres, [fact("reminder-b", 1)._replace(type="reminder.sent")])
        assert await waiting == ["reminder-b"]


async def test_who_waits_is_told_at_once_when_it_is_stopped(recorder: LogRecorder, log: WatchedLog) -> None:
    with recorder.subscribe() as following:
        waiting = asyncio.create_task(soon(lambda: list(following)))
        await log.looked_again()
        following.stop()
        assert await waiting == []


async def test_a_connection_that_was_cut_is_made_again(
    postgres: PostgresStore, recorder: LogRecorder, log: WatchedLog
) -> None:
    cut = (
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'evergreen-recorder'"
    )
    with recorder.subscribe() as following:
        waiting = asyncio.create_task(soon(lambda: streams(following, 1)))
        await log.looked_again()
        assert await postgres.pool.fetch(cut)
        await write(postgres, [fact("reminder-a", 1)])
        assert await waiting == ["reminder-a"]


async def test_a_server_that_stays_away_ends_it_with_an_error(
    recorder: LogRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscription_module, "FAILURES", 3)
    pool = BlockingPool("postgresql://nobody@127.0.0.1:1/nothing")
    nowhere = WatchedLog(pool)
    try:
        with pytest.raises(OperationalError, match="the log can't be read"):
            await soon(lambda: next(LogSubscription(recorder, nowhere, None, ())))
    finally:
        pool.close()
    assert nowhere.looks == [0, 0, 0]
