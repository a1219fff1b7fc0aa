"""asyncpg behind blocking calls, its event loop in a thread of its own: `eventsourcing` knows no asyncio."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from threading import RLock, Thread, current_thread
from typing import Any, TypeVar
from weakref import finalize

import asyncpg
from eventsourcing.persistence import DatabaseError, InterfaceError, OperationalError

from shared.resilience.transient import is_outage

T = TypeVar("T")
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30
AT_MOST = 4
SESSION = {"application_name": "evergreen-recorder", "default_transaction_read_only": "on"}
"""No statement of ours writes; this way none can, whatever the role may do."""
CLOSED = "this recorder was closed"


class BlockingPool:
    """At most four connections that only read; used from any thread.

    Errors, of every call: `OperationalError` for what waiting may heal, `DatabaseError` for what it can't,
    `InterfaceError` once closed.
    """

    def __init__(self, url: str) -> None:
        self._loop = asyncio.new_event_loop()
        thread = Thread(target=self._loop.run_forever, name="evergreen-recorder", daemon=True)
        thread.start()
        self._asking = RLock()
        self._pool = asyncio.run_coroutine_threadsafe(_pool(url), self._loop).result()
        self._end = finalize(self, _end, self._loop, thread, self._pool)

    def fetch(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """All rows of one statement."""
        rows: list[asyncpg.Record] = self._wait(self._pool.fetch(statement, *arguments))
        return rows

    def fetchval(self, statement: str, *arguments: Any) -> Any:
        """The first column of the first row."""
        return self._wait(self._pool.fetchval(statement, *arguments))

    def close(self) -> None:
        """Whoever still waits for an answer is told that it is closed. A second time does nothing.

        Also done when nobody holds the pool any more, and before the interpreter ends.
        """
        with self._asking:
            self._end()

    def _wait(self, answer: Coroutine[Any, Any, T]) -> T:
        with self._asking:
            if not self._end.alive:
                answer.close()
                raise InterfaceError(CLOSED)
            asked = asyncio.run_coroutine_threadsafe(answer, self._loop)
        try:
            return asked.result()
        except CancelledError as error:
            raise InterfaceError(CLOSED) from error
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            kind = OperationalError if is_outage(error) else DatabaseError
            raise kind(f"the log can't be read: {type(error).__name__}: {error}") from error


def _end(loop: asyncio.AbstractEventLoop, thread: Thread, pool: asyncpg.Pool) -> None:
    if current_thread() is thread:  # whose garbage collection found that nobody holds the pool
        pool.terminate()
        loop.stop()
        return
    asyncio.run_coroutine_threadsafe(_close(pool), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def _pool(url: str) -> asyncpg.Pool:
    return await asyncpg.create_pool(
        url, min_size=0, max_size=AT_MOST, timeout=CONNECT_SECONDS, command_timeout=STATEMENT_SECONDS,
        server_settings=SESSION,
    )  # fmt: skip


async def _close(pool: asyncpg.Pool) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    try:
        await asyncio.wait_for(pool.close(), CONNECT_SECONDS)
    except TimeoutError:
        pool.terminate()
