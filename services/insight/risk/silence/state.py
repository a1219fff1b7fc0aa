"""A silence, and the rhythm of the customer whose it is."""

from math import log
from typing import NamedTuple


class Silence(NamedTuple):
    """Days of the first and of the last purchase, how many other days of purchase there were, and of the gaps
    between them the sums of their logs and of the squares of these."""

    first: int
    last: int
    repeats: int = 0
    logs: float = 0.0
    squares: float = 0.0


def broken(silence: Silence | None, day: int) -> Silence:
    """The silence that begins with a purchase on that day, or later than all before."""
    if silence is None:
        return Silence(day, day)
    if day == silence.last:
        return silence
    gap = log(day - silence.last)
    return Silence(silence.first, day, silence.repeats + 1, silence.logs + gap, silence.squares + gap * gap)
