"""Waiting until everything published has been taken, decided, stored, judged and published in its turn."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

from deploy.demo.watching.gauges import Gauges, Reading, stuck
from deploy.errors import Trouble

STILL_FOR = 90.0
LOOK_EVERY = 0.1
NOBODY = ("Kafka or PostgreSQL does not answer",)


class Patience:
    """Ends when nothing has moved for STILL_FOR seconds; `last_words` says what else is known then."""

    def __init__(self, end: datetime, last_words: Callable[[], str]) -> None:
        self._end, self._last_words = end, last_words
        self._seen: object = None
        self._since = time.monotonic()

    def heed(self, reading: Reading | None, played: int = 0) -> None:
        """A look, and how much was played. Trouble names what is stuck."""
        if reading is not None and (reading, played) != self._seen:
            self._seen, self._since = (reading, played), time.monotonic()
        if time.monotonic() - self._since > STILL_FOR:
            left = stuck(reading, self._end) if reading else NOBODY
            said = "\n  ".join([f"nothing has moved for {STILL_FOR:.0f} s:", *left[:12]])
            raise Trouble(said + self._last_words())


async def drained(
    gauges: Gauges, end: datetime, patience: Patience, see: Callable[[Reading | None], None]
) -> tuple[Reading, float]:
    """The reading that showed it, and the wall clock's second at which it was so; `see` is told every look.

    It must show twice with the same ends of topics, for a record may be on its way between two looks.
    Trouble when the patience ends.
    """
    unchanged: tuple[Reading, float] | None = None
    while True:
        looked_at = time.time()
        reading = await gauges.read()
        see(reading)
        patience.heed(reading)
        is_done = reading is not None and not stuck(reading, end)
        if (
            unchanged
            and reading
            and is_done
            and (unchanged[0].ends, unchanged[0].facts) == (reading.ends, reading.facts)
        ):
            return unchanged
        unchanged = (reading, looked_at) if reading and is_done else None
        await asyncio.sleep(max(LOOK_EVERY, time.time() - looked_at))
