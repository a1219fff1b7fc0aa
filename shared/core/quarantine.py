"""A stream whose own rules fail is set aside, so that time goes on for all others. Pure."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from shared.core.stream import StreamName

LAST, FEW, ONE_IN = 100, 3, 10
"""Of the last hundred streams that were asked, and those asked now, one in ten may fail, or three."""


class Quarantine(NamedTuple):
    """A stream that stands still at this version, why, and the timer that it had (None: the store knows)."""

    stream: StreamName
    partition: int
    at: datetime | None
    version: int
    reason: str
    since: datetime


class StreamsFail(Exception):
    """The rules of most streams fail: the release is at fault, and none of them is set aside."""


class Failures:
    """Remembers of the last streams that were asked whether their rules failed."""

    def __init__(self) -> None:
        self._last: deque[bool] = deque(maxlen=LAST)

    def after(self, outcomes: Iterable[bool]) -> "Failures":
        """With these, asked in one go. Errors: `StreamsFail` when too many of all of them failed.

        Judged together: bad streams are of one kind and may have their timers before those of many good ones.
        """
        now = list(outcomes)
        judged = [*self._last, *now]
        count = sum(judged)
        if any(now) and count > FEW and count * ONE_IN > len(judged):
            raise StreamsFail(
                f"the rules failed for {count} of the last {len(judged)} streams, which is no fault "
                "of single ones: run a release whose rules hold"
            )
        after = Failures()
        after._last.extend(judged)
        return after


def kind_of(reason: str) -> str:
    """What may be said of a reason elsewhere: the class of the error alone."""
    return reason.partition(":")[0]


def reason_of(error: Exception) -> str:
    """One line, as it is kept; it may quote what the stream holds, so it is for the database alone."""
    first = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {first}".replace("\0", "")[:500]
