"""From which chance on a decline is told: what would have been right so far.

Every bound there is to choose is tried on all weeks that are old enough to tell: an alert opens with the
first week whose chance reaches it, and was right if use fell. The lowest bound is taken that was, like
all above it, right as often as is wished; but no chance below what is wished, however well that did: the
past flatters what was chosen on it.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from services.insight.risk.decline.fall import Settings
from services.insight.risk.decline.learning import (
    Bools,
    Past,
    all_use,
    behaviours,
    fitted,
    past,
    rows,
    scales,
    uses,
)
from services.insight.risk.decline.model import ALL_USE, Learnt, Model, log_odds
from services.insight.risk.decline.signs import Floats, Sums
from services.insight.risk.known import Known, Uses

EVERY = 4
"""Weeks: a decline takes longer than that."""
FEWEST_FELL = 50
"""Weeks in which use fell, and in which it did not, below which nothing is learnt."""
CHANCES = tuple(round(0.3 + 0.02 * step, 2) for step in range(33))
FEWEST = 30
"""Alerts below which a bound is not judged."""
CLOSED = 0.75
"""An alert is over, and the next may open, once the chance is below this part of the bound."""


class Chosen(NamedTuple):
    """None: no bound has proved itself."""

    bound: float | None = None
    alerts: int = 0
    right: int = 0


def learn(known: Known, settings: Settings, before: Model | None) -> Model | None:
    """Every fourth week, from all that is old enough to tell; None: what was learnt before holds."""
    if before is not None and known.week - before.week < EVERY:
        return None
    each, scaled = [(behaviour, uses(known, behaviour)) for behaviour in behaviours(known)], scales(known)
    if scaled:
        each.append((ALL_USE, all_use(known, scaled)))
    found = [learnt for behaviour, of in each if (learnt := _learnt(known, behaviour, of, settings))]
    return Model(known.week, tuple(found), scaled) if found else None


def _learnt(known: Known, behaviour: str, done: Uses, settings: Settings) -> Learnt | None:
    of = past(known, done, settings.ahead, settings.before)
    if of is None:
        return None
    seen, fell = rows(of)
    if not FEWEST_FELL <= fell.sum() <= len(fell) - FEWEST_FELL:
        return None
    weights = fitted(seen, fell)
    chances = np.where(of.counts, expit(log_odds(weights, of.seen)), 0.0)
    told = chosen(of._replace(counts=of.counts & may_open(of.seen, settings)), chances, settings.precision)
    return Learnt(behaviour, weights, *told)


def may_open(seen: Sums, settings: Settings) -> Bools:
    """Whether use has come down from a habit at all, by its last four weeks."""
    known = np.maximum(seen.age - 4, 1)
    habit = (seen.total - seen.last_4) / known
    enough = (seen.age >= settings.recent + settings.habit) & (habit >= settings.least)
    return np.asarray(enough & (seen.last_4 / 4 < settings.over_at * habit))


def chosen(past: Past, chances: Floats, wished: float) -> Chosen:
    """`chances` by customer and week."""
    best = Chosen()
    for bound in reversed([each for each in CHANCES if each >= wished]):
        opens = _opens(past, chances, bound)
        alerts, right = int(opens.sum()), int((opens & past.fell).sum())
        if alerts < FEWEST:
            continue
        if right < wished * alerts:
            break
        best = Chosen(bound, alerts, right)
    return best


def _opens(past: Past, chances: Floats, bound: float) -> Bools:
    raised = np.zeros(past.counts.shape, dtype=bool)
    standing = np.zeros(len(chances), dtype=bool)
    for week in range(chances.shape[1]):
        reached = past.counts[:, week] & (chances[:, week] >= bound)
        raised[:, week] = reached & ~standing
        standing = (standing | reached) & (chances[:, week] >= CLOSED * bound)
    return raised
