"""What keeps work from being done, such as the batch in hand, since when, and when to say so: pure."""

from typing import NamedTuple

PASSES = 5.0
"""Seconds: a conflict or a lost connection is over by then; what is not holds the service."""

QUIET = 15.0
"""Seconds without a failure after which what fails now and then is over."""


SILENT = 15.0
"""Seconds for which nothing more is asked of a database that no session need take for an answer."""


class Condition(NamedTuple):
    """What stands in the way, or should be known although nothing does (`blocks` is false); None: nothing."""

    name: str
    problem: str | None
    blocks: bool = True


class PartitionHeld(Exception):
    """A partition does not go on: where, what stands in the way, and the way out if there is another."""

    def __init__(self, where: str, error: BaseException, way_out: str = "") -> None:
        super().__init__(in_one_line(where, error) + way_out)


def in_one_line(where: str, error: BaseException) -> str:
    """Where and what, without what an error quotes below its first line."""
    return f"{where}: {said(error)}"


def said(error: BaseException) -> str:
    """Its kind and first line, so far as it is short: what follows may quote a row."""
    first = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {first[:300]}"


class Hold:
    """The last failure of the work in hand; `what` says what is not done, moments are monotonic seconds."""

    def __init__(self, what: str = "a batch can't be written yet") -> None:
        self.what = what
        self._error: Exception | None = None
        self._since = self._last = 0.0

    def __bool__(self) -> bool:
        return self._error is not None

    def failed(self, error: Exception, now: float) -> None:
        """It was tried (again) in vain."""
        if self._error is None:
            self._since = now
        self._error, self._last = error, now

    def over(self) -> None:
        """It was done, or given up."""
        self._error = None

    def went_well(self, now: float) -> None:
        """It did once, which says nothing yet of what fails every few seconds."""
        if now - self._last > QUIET:
            self.over()

    def problem(self, now: float) -> str | None:
        """Why it is not done; None while it may still pass."""
        if self._error is None or now - self._since < PASSES:
            return None
        said = str(self._error).partition("\n")[0]  # what follows may quote a row
        return f"{self.what} ({type(self._error).__name__}: {said}): it is tried again"


class Stall:
    """Work that does not go on, though nothing has failed: a session that does not answer. It may be that of
    a batch in hand, or of whoever has his turn between two batches."""

    def __init__(self) -> None:
        self._sent, self._since = -1, 0.0

    def problem(self, at_work: bool, sent: int, now: float) -> str | None:
        """Asked again and again: is there such work, how many statements were sent so far, and when."""
        if not at_work or sent != self._sent:
            self._sent, self._since = sent, now
        if now - self._since < SILENT:
            return None
        return (
            f"PostgreSQL has not answered for {now - self._since:.0f} s and nothing is taken meanwhile: a "
            "lock, a disk or a lost session; the statement is given up after thirty seconds and tried again"
        )
