"""How likely use is to fall to half of the habit, and from which chance on that is told."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from services.insight.risk.decline.signs import Floats, Sums, signs, sums

UNTAUGHT = (-1.5, 0.0, 0.0, -1.0, 0.0, 0.0, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0)
"""Weights that what is learnt is drawn towards: use goes on as in the last four weeks."""
ALL_USE = "all use"


class Learnt(NamedTuple):
    """Of one behaviour: weights of SIGNS, the chance from which on a decline is told (None: none
    has proved itself), and how many of the alerts
    that this would have made, old enough to tell, were right."""

    behaviour: str
    weights: tuple[float, ...]
    bound: float | None = None
    alerts: int = 0
    right: int = 0


class Model(NamedTuple):
    """What was learnt at the boundary of a week: of each behaviour, and of all but purchases together
    (ALL_USE), each counted by how much is usual in a week with any: `scales` say what one of it counts
    for."""

    week: int
    behaviours: tuple[Learnt, ...]
    scales: tuple[tuple[str, float], ...] = ()

    def of(self, behaviour: str) -> Learnt | None:
        return next((each for each in self.behaviours if each.behaviour == behaviour), None)


def chance(learnt: Learnt, weeks: Sequence[int]) -> float:
    """That use in the weeks ahead is at most half of the habit; 0 where there is none to fall from."""
    seen = sums(weeks)
    if not seen.total:
        return 0.0
    return float(1 / (1 + np.exp(-(signs(seen) @ np.array(learnt.weights)))))


def weights_of(model: Model | None, behaviour: str) -> tuple[float, ...]:
    learnt = model.of(behaviour) if model else None
    return learnt.weights if learnt else UNTAUGHT


def log_odds(weights: tuple[float, ...], seen: Sums) -> Floats:
    """Of many; -inf where there is no use to fall from."""
    some = seen.total > 0
    kept = Sums(*(np.where(some, each, 1.0) for each in seen))
    return np.where(some, signs(kept) @ np.array(weights), -np.inf)
