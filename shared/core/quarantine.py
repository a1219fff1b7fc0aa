"""A stream whose own rules fail is set aside, so that time goes on for all others. Pure."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from shared.core.stream import StreamName

LAST, FEW, ONE_IN = 100, 3, 10
"""Of the last hundred streams that were asked, and those asked now, one in ten may fail, or three."""
MOST = 20
"""So many of one kind of reason a process sets aside by itself from its start on: a release that fails for a
few in a hundred would set all of them aside, one by one."""

SAID = " is quarantined: "
LONGEST = 500
"""Characters of a name in a reason, which is kept in part (`dead_letter.REASON`)."""

ASKED_AT_ONCE = 5_000
"""Dead letters of released streams that are asked for in one statement: it ends however many there are."""

WAY_OUT = (
    "`evergreen quarantine list` names them: run a release whose rules hold, or, when they are at fault, set "
    "them aside by hand (`evergreen quarantine add`)"
)


class Quarantine(NamedTuple):
    """A stream that stands still at this version, why, and the timer that it had (None: the store knows)."""

    stream: StreamName
    partition: int
    at: datetime | None
    version: int
    reason: str
    since: datetime


class StreamsFail(Exception):
    """The rules of too many streams fail: the release is at fault, and none of them is set aside.

    `suspects` are those who failed now, each with the reason.
    """

    def __init__(self, why: str, suspects: Mapping[StreamName, str]) -> None:
        super().__init__(f"{why}; {WAY_OUT}")
        self.suspects = suspects


class Failures:
    """Remembers of the last streams that were asked whether their rules failed, and how many ever did."""

    def __init__(self) -> None:
        self._last: deque[bool] = deque(maxlen=LAST)
        self._kinds: Counter[str] = Counter()

    def after(self, outcomes: Iterable[bool], failing: Mapping[StreamName, str]) -> "Failures":
        """With these, asked in one go; the `failing` are to be set aside, each for its reason.

        Errors: `StreamsFail` when too many of all of them failed. They are judged together: bad streams are
        of one kind and may have their timers before those of many good ones.
        """
        now = list(outcomes)
        judged = [*self._last, *now]
        count = sum(judged)
        if any(now) and count > FEW and count * ONE_IN > len(judged):
            raise StreamsFail(f"the rules failed for {count} of the last {len(judged)} streams", failing)
        after = Failures()
        after._kinds = self._kinds + Counter(map(kind_of, failing.values()))
        for kind in sorted({kind_of(reason) for reason in failing.values()}):
            if (often := after._kinds[kind]) > MOST:
                raise StreamsFail(
                    f"the rules failed with {kind} for {often} streams since the start", failing
                )
        after._last.extend(judged)
        return after


def again(
    failing: Mapping[StreamName, str], known: Mapping[StreamName, Iterable[str]]
) -> frozenset[StreamName]:
    """Those that fail with a kind of reason from which they were released, by what is known of each: they
    are set aside as they were, and say nothing of the release."""
    return frozenset(
        name for name, reason in failing.items() if kind_of(reason) in map(kind_of, known.get(name, ()))
    )


def begins(stream: StreamName) -> str:
    """How the reason of each dead letter begins that came for the stream while it was set aside."""
    return named(stream) + SAID


def named(stream: StreamName) -> str:
    """What that reason calls it, by which its letters are found: a name that would be cut off, or that says
    so itself, is told by its digest."""
    name = stream.text.encode("ascii", "backslashreplace")
    if len(name) > LONGEST or SAID.encode() in name:
        name = f"{stream.category}-{blake2b(name, digest_size=16).hexdigest()}".encode()
    return f"stream {name.decode()}"


def kind_of(reason: str) -> str:
    """What may be said of a reason elsewhere: the class of the error alone."""
    return reason.partition(":")[0]


def reason_of(error: Exception) -> str:
    """One line, as it is kept; it may quote what the stream holds, so it is for the database alone."""
    first = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {first}".replace("\0", "")[:500]
