"""Waiting for something to become true, never longer than a deadline."""

import time
from collections.abc import Callable


def until(holds: Callable[[], bool], seconds: float, every: float = 0.03) -> bool:
    """Whether it came to hold within these seconds; asked again every so many."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() >= deadline:
            return False
        time.sleep(every)
    return True
