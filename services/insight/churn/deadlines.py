"""When a silence has lasted too long: the first morning on which P(silent) reaches the threshold.

Mornings only, because days are what is known: a purchase at 15:00 may be heard when the clock stands at noon,
so an alert raised at ten that day would have been wrong, and none at all once the day is over. On a morning
the days before it are complete, and a purchase of the day itself can only resolve what the morning raised.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from services.insight.churn.policy import Policy
from services.insight.churn.silence import Silence
from services.insight.churn.weeks import DAY
from services.insight.risk.mbg.likelihood import p_silents
from services.insight.risk.mbg.mbg import Parameters

LAST_BITS = 1e-9
"""Wider than any difference between numpy's and math's exponentials."""


def crossing(p: Parameters, silence: Silence, policy: Policy, start: date, end: date) -> date | None:
    """The first morning in [start, end) that finds the silence open and P(silent) at the threshold, or None.

    P(silent) only rises while a silence lasts, so the last morning tells whether there is one.
    """
    start = max(start, silence.last + DAY)
    if start >= end or silence.p_silent(p, end - DAY, policy.horizon_weeks) < policy.threshold:
        return None

    def too_long(since: int) -> bool:
        morning = start + timedelta(days=since)
        return silence.p_silent(p, morning, policy.horizon_weeks) >= policy.threshold

    return start + timedelta(days=bisect_left(range((end - start).days), True, key=too_long))


def crossings(
    p: Parameters, silences: Sequence[Silence], policy: Policy, start: date, end: date
) -> list[date | None]:
    """`crossing` of each, for a whole partition at a boundary: numpy finds the few that come near."""
    found: list[date | None] = [None] * len(silences)
    if start >= end or not silences:
        return found
    day = (end - DAY).toordinal()
    rows = [(s.repeats, s.first.toordinal(), s.last.toordinal()) for s in silences]
    x, first, last = np.array(rows, dtype=np.float64).T
    chance = p_silents(
        p, x, (last - first) / 7, np.maximum(day - 1 - first, last - first) / 7, policy.horizon_weeks
    )
    for place in np.flatnonzero(chance >= policy.threshold - LAST_BITS).tolist():
        found[place] = crossing(p, silences[place], policy, start, end)
    return found
