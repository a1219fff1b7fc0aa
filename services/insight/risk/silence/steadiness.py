"""Alerts come as time passes, not because something was learnt: what a boundary changes at once is
limited."""

import numpy as np

from services.insight.risk.mbg.likelihood import Floats
from services.insight.risk.purchases import Silences
from services.insight.risk.silence.bound import LAST_BITS, Bound, are_reached
from services.insight.risk.silence.learnt import Learnt
from services.insight.risk.silence.model import Model, chances

GENTLE = 2.0
"""Mornings' worth of alerts that may come at once."""
FEW = 200
"""One in so many customers may be told of at once in any case."""
HIGHEST = 0.9999


def gently(before: Learnt, found: Learnt, standing: Silences, now: int) -> Learnt:
    """What was found, with a first bound so high that few of the silences that stand become too long by
    what was learnt alone."""
    days = now - standing.last
    was = are_reached(before.model, before.bounds[:1], standing.columns, days)[0]
    then = days > 7
    a_week_ago = are_reached(before.model, before.bounds[:1], standing.columns[:, then], days[then] - 7)[0]
    a_day = (int(was.sum()) - int(a_week_ago.sum())) / 7
    most = int(max(GENTLE * a_day, len(days) / FEW))
    first = _held(found.model, found.bounds[0], standing.columns[:, ~was], days[~was], most)
    return found._replace(bounds=(first, *found.bounds[1:]))


def _held(model: Model, bound: Bound, silences: Floats, days: Floats, most: int) -> Bound:
    """The bound, or a higher one that at most so many of these silences have reached after so many days."""
    if len(days) <= most:
        return bound
    if bound.days is not None:
        return Bound(1.0, max(bound.days, int(np.partition(days, -most - 1)[-most - 1]) + 1))
    over = float(np.partition(chances(model, silences, days), -most - 1)[-most - 1]) + 2 * LAST_BITS
    return Bound(min(max(bound.chance, round(over, 6)), HIGHEST))
