"""What keeps the batch in hand from being written, since when, and when that is worth saying: pure."""

PASSES = 5.0
"""Seconds: a conflict or a lost connection is over by then; what is not holds the service."""


class Hold:
    """The last failure of the batch in hand; moments are monotonic seconds."""

    def __init__(self) -> None:
        self._error: Exception | None = None
        self._since = 0.0

    def __bool__(self) -> bool:
        return self._error is not None

    def failed(self, error: Exception, now: float) -> None:
        """It was tried (again) in vain."""
        if self._error is None:
            self._since = now
        self._error = error

    def over(self) -> None:
        """The batch was written, or given up."""
        self._error = None

    def problem(self, now: float) -> str | None:
        """Why nothing is taken; None while it may still pass."""
        if self._error is None or now - self._since < PASSES:
            return None
        said = str(self._error).partition("\n")[0]  # what follows may quote a row
        return f"a batch can't be written yet ({type(self._error).__name__}: {said}): it is tried again"
