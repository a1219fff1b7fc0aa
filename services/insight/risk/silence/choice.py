"""When a silence is too long: what would have been right so far.

Every bound there is to choose, a chance or a plain number of days, is tried on all silences that are old enough
to tell: how many of its alerts were right, how many of the silences that lasted it told of, and how soon. The
best of those that were right as often as is wished judges from here on.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.risk.mbg.likelihood import Floats
from services.insight.risk.silence.model import Model, chances
from services.insight.risk.purchases import NEVER, Silences

CHANCES = tuple(round(0.2 + 0.03 * step, 2) for step in range(26)) + (0.97, 0.98, 0.99)
DAYS = (*range(2, 60), *range(60, 120, 2), *range(120, 400, 5))
FEWEST = 40
"""Alerts below which a bound is not judged."""
AT_MOST = 20_000
"""Silences that are tried: every second or third of more."""
LONGEST = 730


class Bound(NamedTuple):
    """A silence is too long from this chance on, or from so many days on where `days` says so."""

    chance: float
    days: int | None = None


class Tried(NamedTuple):
    """How a bound did: its alerts, how many were right, and after how many days these came in the mean."""

    bound: Bound
    alerts: int
    right: int
    delay: float

    @property
    def precision(self) -> float:
        return self.right / self.alerts

    @property
    def saved(self) -> float:
        """Days won over not being told within two years, summed over who left."""
        return self.right * (LONGEST - self.delay)


def tried(model: Model, past: Silences, now: int) -> Iterator[Tried]:
    """Each bound on what is known on the morning of `now`."""
    horizon = round(model.horizon * 7)
    old = past.where(np.flatnonzero(past.last < now - horizon))
    old = old.where(np.arange(0, len(old.back), 1 + len(old.back) // AT_MOST))
    for level in CHANCES:
        yield from _judged(Bound(level), reached(model, old, level), old, now, horizon)
    for days in DAYS:
        yield from _judged(Bound(1.0, days), np.full(len(old.back), float(days)), old, now, horizon)


def _judged(bound: Bound, after: Floats, old: Silences, now: int, horizon: int) -> Iterator[Tried]:
    at = old.last + after
    told = (at <= old.back) & (at + horizon <= now)
    if (alerts := int(told.sum())) >= FEWEST:
        right = told & ((old.back == NEVER) | (old.back >= at + horizon))
        number = int(right.sum())
        yield Tried(bound, alerts, number, float(after[right].mean()) if number else float(LONGEST))


def reached(model: Model, silences: Silences, level: float) -> Floats:
    """After how many days each has that chance; inf: not within two years. Found by halving."""
    below, above = np.zeros(len(silences.back)), np.full(len(silences.back), float(LONGEST))
    never = chances(model, silences.columns, above) < level
    while bool(np.any(above - below > 1)):
        middle = np.floor((below + above) / 2)
        there: NDArray[np.bool_] = chances(model, silences.columns, middle) >= level
        above, below = np.where(there, middle, above), np.where(there, below, middle)
    return np.where(never, np.inf, above)


def best(all_tried: Iterator[Tried], wished: float) -> Tried | None:
    """Of those that were right as often as wished, the one that has told soonest and of most."""
    good = [each for each in all_tried if each.precision >= wished]
    return max(good, key=lambda each: (each.saved, each.bound.days is None), default=None)
