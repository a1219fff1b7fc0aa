"""Records that a service cannot take: found by halving, kept as dead letters; unless it can hardly take any.

What breaks the contract is refused before, without limit: that is its sender's fault. Here the service's own
work has failed. One record in a while may be odd; when most are, the service is, and it holds rather than
drain a topic into the dead letters.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from shared.consume.admission import Record
from shared.resilience.transient import Outage, is_outage

log = logging.getLogger(__name__)
LAST, MOST = 100, 50
"""Of the last hundred records at most fifty become dead letters."""

Write = Callable[[Sequence[Record]], Awaitable[None]]
DeadLetter = Callable[[Sequence[Record], str], Awaitable[None]]
Retry = Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]


class CircuitOpen(Outage):
    """The service is at fault, not the record: it waits to be mended, and skips nothing."""


class PoisonIsolator:
    """Takes records whole, or halves them until the one that fails stands alone; remembers how many did."""

    def __init__(self, write: Write, dead_letter: DeadLetter, retry: Retry) -> None:
        self._write, self._dead_letter, self._retry = write, dead_letter, retry
        self._failed: deque[bool] = deque(maxlen=LAST)

    async def take(self, records: Sequence[Record]) -> None:
        """Returns when each is applied or a dead letter. Errors: `Outage` when they are another's now."""
        try:
            await self._retry(lambda: self._write(records))
        except (Outage, asyncio.CancelledError):
            raise
        except Exception as error:
            if len(records) == 1:
                log.exception("the service cannot take a record")
                await self._refuse(records, f"{type(error).__name__}: {error}")
                return
            middle = len(records) // 2
            await self.take(records[:middle])
            await self.take(records[middle:])
        else:
            self._failed.extend([False] * min(len(records), LAST))

    async def _refuse(self, record: Sequence[Record], reason: str) -> None:
        isolates = sum(self._failed) < MOST
        attempt = (lambda: self._dead_letter(record, reason)) if isolates else (lambda: self._write(record))
        await self._retry(lambda: self._or_hold(attempt))
        self._failed.append(isolates)

    async def _or_hold(self, attempt: Callable[[], Awaitable[None]]) -> None:
        try:
            await attempt()
        except Exception as error:
            if is_outage(error):
                raise
            failed = f"{sum(self._failed)} of the last {len(self._failed)} records failed"
            log.exception("held until the service is mended: %s", failed)
            raise CircuitOpen(failed) from error
