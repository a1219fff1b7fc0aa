"""When a silence is too long: what would have been right so far.

Every bound there is to choose, a chance or a plain number of days, is tried on silences that are old
enough to tell: how many of its alerts were right, how many of the silences that lasted it told of, and how
soon. The best of those that were right as often as is wished judges from here on.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.risk.mbg.likelihood import Floats
from services.insight.risk.purchases import NEVER, Silences
from services.insight.risk.silence.bound import Bound
from services.insight.risk.silence.model import Model, chances

CHANCES = (*tuple(round(0.2 + 0.025 * step, 3) for step in range(31)), 0.97, 0.98, 0.99)
DAYS = (*range(2, 60), *range(60, 120, 2), *range(120, 400, 5))
GRID = np.unique(np.round(np.geomspace(1, 730, 48))).astype(np.float64)
"""Days of silence at which chances are worked out; between them they are taken for straight lines."""
LONGEST = 730.0
FEWEST = 40
"""Alerts below which a bound is not judged."""
LONG, SHORT = 3_000, 1_000
"""Silences that are tried: the longest, and of the others every n-th, which counts n times."""
SURE = 1.0
"""Standard errors by which a precision is to be above what is wished."""
CLIFF = 0.05
"""How much less often right it may be one step earlier."""
AS_GOOD = 0.98
"""Plain days are taken where they save nearly as much as the best chance: they do not jump."""


class Tried(NamedTuple):
    """How a bound did: its alerts, how many were right, and after how many days these came in the mean."""

    bound: Bound
    alerts: float
    right: float
    delay: float

    @property
    def precision(self) -> float:
        return self.right / self.alerts

    @property
    def least(self) -> float:
        """The precision that can be relied upon."""
        part = (self.right + 1) / (self.alerts + 2)
        return float(part - SURE * np.sqrt(part * (1 - part) / self.alerts))

    @property
    def saved(self) -> float:
        """Days won over not being told within two years, summed over who left."""
        return self.right * (LONGEST - self.delay)


class Old(NamedTuple):
    """Silences to try bounds on, how often each counts, and the morning and horizon (days) of the trial."""

    silences: Silences
    counts: Floats
    now: int
    horizon: int


def old(past: Silences, now: int, horizon: int) -> Old:
    """A few, of which the long ones are all: bounds differ in these."""
    past = past.where(np.flatnonzero(past.last < now - horizon))
    order = np.argsort(past.last - np.minimum(past.back, now), kind="stable")
    apart = 1 + max(len(order) - LONG, 0) // SHORT
    kept = np.concatenate((order[:LONG], order[LONG::apart]))
    counts = np.ones(len(kept))
    counts[LONG:] = apart
    return Old(past.where(kept), counts, now, horizon)


def tried(model: Model, trial: Old) -> list[list[Tried]]:
    """Of each family, chances and days, those bounds that gave alerts enough to judge, the earliest first."""
    after = reached(model, trial.silences, CHANCES)
    by_chance = [_judged(Bound(level), days, trial) for level, days in zip(CHANCES, after, strict=True)]
    whole = np.ones(len(trial.counts))
    by_days = [_judged(Bound(0.0, days), days * whole, trial) for days in DAYS]
    return [[each for each in family if each.alerts >= FEWEST] for family in (by_chance, by_days)]


def _judged(bound: Bound, after: Floats, trial: Old) -> Tried:
    told, right = _outcome(after, trial)
    counts = trial.counts
    number = float(counts[right].sum())
    delay = float(after[right] @ counts[right]) / number if number else LONGEST
    return Tried(bound, float(counts[told].sum()), number, delay)


def _outcome(after: Floats, trial: Old) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Of which silences there was an alert that is old enough, and which of these lasted for the horizon."""
    silences, _, now, horizon = trial
    at = silences.last + after
    told: NDArray[np.bool_] = (at <= silences.back) & (at + horizon <= now)
    return told, told & ((silences.back == NEVER) | (silences.back >= at + horizon))


def alerts(model: Model, bound: Bound, trial: Old) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """After how many days each would have been told of, and the outcome."""
    after = np.full(len(trial.counts), float(bound.days))
    if not bound.is_plain:
        after = np.maximum(after, reached(model, trial.silences, [bound.chance])[0])
    return after, *_outcome(after, trial)


def reached(model: Model, silences: Silences, levels: Sequence[float]) -> list[Floats]:
    """After how many days each has each chance; inf: not within two years."""
    count = len(silences.back)
    likely = np.stack([chances(model, silences.columns, np.full(count, days)) for days in GRID])
    found = []
    for level in levels:
        place = (likely < level).sum(axis=0)
        beyond = np.minimum(place, len(GRID) - 1)
        low, high = np.maximum(beyond - 1, 0), beyond
        below, above = likely[low, np.arange(count)], likely[high, np.arange(count)]
        part = np.where(high > low, (level - below) / np.maximum(above - below, 1e-12), 1.0)
        days = np.ceil(GRID[low] + np.clip(part, 0, 1) * (GRID[high] - GRID[low]) - 1e-6)
        found.append(np.where(place == len(GRID), np.inf, days))
    return found


def best(families: Sequence[Sequence[Tried]], wished: float, before: Bound | None = None) -> Tried | None:
    """Of those that were right as often as wished, the one that has told soonest and of most. Another kind of
    bound than `before` has to be better by more than chance."""
    by_chance, by_days = (
        max((each for each in _good(family, wished)), key=lambda one: one.saved, default=None)
        for family in families
    )
    if by_chance is None or by_days is None:
        return by_chance or by_days
    handicap = AS_GOOD if before is None or before.is_plain else 1 / AS_GOOD
    return by_days if by_days.saved >= handicap * by_chance.saved else by_chance


def _good(family: Sequence[Tried], wished: float) -> list[Tried]:
    """One step earlier it is right as often, too: just beyond a day on which all come back is no place for
    a bound."""
    steps = zip([None, *family], family, strict=False)
    return [
        each for earlier, each in steps
        if each.least >= wished and (earlier is None or earlier.precision >= wished - CLIFF)
    ]  # fmt: skip
