"""Waiting with a deadline."""

import time
from collections.abc import Callable

EVERY = 0.02


def until(holds: Callable[[], bool], seconds: float, what: str) -> float:
    """The moment (seconds since the epoch) at which it was seen to hold. TimeoutError names the thing."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(EVERY)
    return time.time()
