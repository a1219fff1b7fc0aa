"""Waiting until everything published has been taken, decided, stored, judged and published in its turn."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

from deploy.demo.gauges import Gauges, Reading, stuck
from deploy.errors import Trouble

STILL_FOR = 90.0
LOOK_EVERY = 0.1


async def drained(
    gauges: Gauges, end: datetime, see: Callable[[Reading | None], None], last_words: Callable[[], str]
) -> tuple[Reading, float]:
    """The reading that showed it, and the wall clock's second at which it was so; `see` is told every look.

    It must show twice with the same ends of topics, for a record may be on its way between two looks.
    Trouble when nothing moves for STILL_FOR seconds; it names what is stuck, then `last_words()`.
    """
    still = _Stillness()
    calm: tuple[Reading, float] | None = None
    while True:
        looked_at = time.time()
        reading = await gauges.read()
        see(reading)
        left = stuck(reading, end) if reading else ["Kafka or PostgreSQL does not answer"]
        if calm and reading and not left and (calm[0].ends, calm[0].facts) == (reading.ends, reading.facts):
            return calm
        calm = (reading, looked_at) if reading and not left else None
        if still.seconds(reading) > STILL_FOR:
            raise Trouble(
                f"nothing has moved for {STILL_FOR:.0f} s:\n  " + "\n  ".join(left[:12]) + last_words()
            )
        await asyncio.sleep(max(LOOK_EVERY, time.time() - looked_at))


class _Stillness:
    """For how long one look has been like the one before."""

    def __init__(self) -> None:
        self._seen: object = None
        self._since = time.monotonic()

    def seconds(self, reading: Reading | None) -> float:
        if reading is not None and reading != self._seen:
            self._seen, self._since = reading, time.monotonic()
        return time.monotonic() - self._since
