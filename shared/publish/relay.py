"""The relay: this service's own log to Kafka, in commit order, at least once, gap-free.

A sequence shows rows that commit late only after later ones, so the log is read by (xid, position) below
the oldest transaction still running. One relay is active per database: an advisory lock held by the
connection that also keeps the cursor, whose session the server ends when it is not heard from.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.core.store import NeedsRebase
from shared.observe import metrics
from shared.publish.record import record_of, refusal, surely_fits
from shared.publish.sending import new_producer, send
from shared.resilience.transient import passes
from shared.settings import Settings
from shared.storage.log_order import check_order
from shared.storage.sql import statements

log = logging.getLogger(__name__)
T = TypeVar("T")
SQL = statements(Path(__file__).with_name("relay.sql"))
LOCK = 0x45564552
AT_MOST, BYTES = 2_000, 4 * 1024 * 1024
"""Rows of a page, and bytes after which it takes no further row."""
IDLE, HIDDEN = 0.25, 0.005
STANDBY, ALIVE = 1.0, 2.0
PAUSE, LONGEST_PAUSE = 0.5, 2.0
SESSION = {
    # A cursor that a crash of the server takes back is records sent again, not lost.
    "synchronous_commit": "off",
    # After so many milliseconds or seconds the server takes a silent leader for dead, and its lock away.
    "idle_session_timeout": "10000",
    "tcp_user_timeout": "10000",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}
OUTAGES = (
    KafkaError,
    NeedsRebase,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)
Cursor = tuple[str, int]


class Relay:
    """Runs until cancelled. `wake()` says that something was committed; it looks by itself as well.

    `moved_at` is when it last published, had nothing to publish, or saw another process do so; `problem` is
    what keeps it from publishing, with the way out.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.moved_at: float | None = None
        self.problem: str | None = None
        self._woken = asyncio.Event()
        self._pause, self._hidden = PAUSE, HIDDEN

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Lead whenever nobody else does; begin again after any outage, a little later each time."""
        while True:
            try:
                await self._with_lock()
            except OUTAGES as error:
                self._complain(error)
                metrics.RELAY_REBUILT.inc()
                log.warning("the relay begins again: %s: %s", type(error).__name__, error)
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def _complain(self, error: Exception) -> None:
        """Of what PostgreSQL refuses and waiting does not heal; of what Kafka refuses, `_page` does."""
        if isinstance(error, NeedsRebase):
            self.problem = str(error)
        elif isinstance(error, asyncpg.PostgresError) and not passes(error):
            self.problem = f"PostgreSQL refuses the relay: {type(error).__name__}: {error}: it is tried again"

    async def _with_lock(self) -> None:
        session = {**SESSION, "application_name": f"{self.settings.service}-relay"}
        connection = await asyncpg.connect(
            self.settings.database, timeout=5, command_timeout=10, server_settings=session
        )
        try:
            await check_order(connection)
            await self._stand_by(connection)
            await self._with_producer(connection)
        finally:
            connection.terminate()

    async def _stand_by(self, connection: Any) -> None:
        """Until nobody else leads. All is well as long as nothing waits for the leader, or it moves."""
        before = None
        while not await connection.fetchval(SQL["lead"], LOCK):
            progress = await connection.fetchrow(SQL["progress"])
            if progress != before or not progress["waits"]:
                self._moved()
            before = progress
            await asyncio.sleep(STANDBY)

    async def _with_producer(self, connection: Any) -> None:
        producer = new_producer(self.settings)
        try:
            await _alive(connection, producer.start())
            await self._publish(connection, producer)
        finally:
            await asyncio.wait_for(producer.stop(), 5.0)

    async def _publish(self, connection: Any, producer: AIOKafkaProducer) -> None:
        cursor: Cursor = tuple(await connection.fetchrow(SQL["cursor"]) or ("0", 0))
        while True:
            woken = self._woken.is_set()
            self._woken.clear()
            # What stopped it may stop it again: nothing is sent beside that until it went through.
            limit = AT_MOST if self.problem is None else 1
            rows = await connection.fetch(SQL["after"], *cursor, limit, BYTES)
            sent = await self._page(connection, producer, rows) if rows else 0
            if sent:
                cursor = (rows[sent - 1]["xid"], rows[sent - 1]["position"])
            self._moved()
            if sent == len(rows) and not _full(rows, limit):
                await self._rest(connection, expecting=woken and not rows)

    def _moved(self) -> None:
        self.moved_at, self.problem, self._pause = monotonic(), None, PAUSE

    async def _page(self, connection: Any, producer: AIOKafkaProducer, rows: Sequence[Any]) -> int:
        """How many of the rows were sent: those before one that may not fit, or that one alone.

        Errors: `KafkaError` for what was refused, once the cursor is moved over all that was taken before it.
        """
        records = [record_of(row, self.settings.service) for row in rows]
        doubtful = next((n for n, record in enumerate(records) if not surely_fits(record)), len(records))
        sent = await _alive(connection, send(producer, records[: doubtful or 1]))
        if sent.number:
            last = rows[sent.number - 1]
            await connection.execute(SQL["keep"], last["xid"], last["position"])
            metrics.RELAY_PUBLISHED.inc(sent.number)
        if sent.error:
            self.problem = refusal(rows[sent.number], records[sent.number], sent.error)
            raise sent.error
        return sent.number

    async def _rest(self, connection: Any, expecting: bool) -> None:
        """Until woken. Told of a commit and finding nothing, it asks whether a running one hides it.

        That may be a transaction in any database of the server, and last: it asks ever less often.
        """
        if expecting and await connection.fetchval(SQL["hidden"]):
            self._woken.set()
            await asyncio.sleep(self._hidden)
            self._hidden = min(self._hidden * 2, IDLE)
            return
        self._hidden = HIDDEN
        try:
            await asyncio.wait_for(self._woken.wait(), IDLE)
        except TimeoutError:
            return


def _full(rows: Sequence[Any], limit: int) -> bool:
    """Whether more may follow at once: the page ended at a bound."""
    if not rows or len(rows) == limit:
        return bool(rows)
    last = rows[-1]
    return bool(last["before"] + len(last["body"] or b"") + len(last["headers"] or "") >= BYTES)


async def _alive(connection: Any, work: Coroutine[Any, Any, T]) -> T:
    """What the work gives; meanwhile the server hears that the session which holds the lock is alive."""
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=ALIVE))[0]:
            await connection.fetchval("select 1")
        return task.result()
    finally:
        task.cancel()
