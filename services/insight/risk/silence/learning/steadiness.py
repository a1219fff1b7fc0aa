"""Alerts come as time passes, not because something was learnt: what a boundary changes at once is
limited."""

import numpy as np
from numpy.typing import NDArray

from services.insight.risk.mbg.likelihood import Floats
from services.insight.risk.purchases import Silences
from services.insight.risk.silence.bound import LAST_BITS, Bound, are_reached
from services.insight.risk.silence.learnt import Learnt
from services.insight.risk.silence.model import Model, chances

GENTLE = 0.8
"""Mornings' worth of alerts that may come at once."""
FEW, FEW_AT_ONCE = 500, 15
"""One in so many customers may be told of at once in any case; the latter on the morning on which something
of another kind is known: another horizon, or for the first time what came of alerts."""
HIGHEST = 0.9999


def gently(before: Learnt | None, found: Learnt, standing: Silences, now: int) -> Learnt:
    """What was found, with a first bound so high that few of the silences that stand become too long by what
    was learnt alone."""
    days = now - standing.last
    usual = before or found
    was = _reached(usual, standing, days)
    a_week_ago = _reached(usual, standing, days - 7)
    a_day = (int(was.sum()) - int(a_week_ago.sum())) / 7
    few = FEW if before and _knows(before) == _knows(found) else FEW_AT_ONCE
    most = int(max(GENTLE * a_day, len(days) / few))
    told = was if before else np.zeros_like(was)
    first = _held(found.model, found.bounds[0], standing.columns[:, ~told], days[~told], most)
    return found._replace(bounds=(first, *found.bounds[1:]))


def _knows(learnt: Learnt) -> tuple[float, bool, bool]:
    """What it is that is foretold, and on what ground."""
    return learnt.model.horizon, learnt.calibrated, learnt.chosen


def _reached(learnt: Learnt, standing: Silences, days: Floats) -> NDArray[np.bool_]:
    """Whose silence was too long after so many days; none is before it has begun."""
    reached = are_reached(learnt.model, learnt.bounds[:1], standing.columns, np.maximum(days, 1.0))[0]
    return np.asarray(reached & (days > 0))


def _held(model: Model, bound: Bound, silences: Floats, days: Floats, most: int) -> Bound:
    """The bound, or a higher one that at most so many of these silences have reached after so many days."""
    if len(days) <= most:
        return bound
    if bound.is_plain:
        return Bound(0.0, max(bound.days, int(np.partition(days, -most - 1)[-most - 1]) + 1))
    late = days >= bound.days
    silences, days = silences[:, late], days[late]
    if len(days) <= most:
        return bound
    over = float(np.partition(chances(model, silences, days), -most - 1)[-most - 1]) + 2 * LAST_BITS
    return Bound(min(max(bound.chance, round(over, 6)), HIGHEST), bound.days)
