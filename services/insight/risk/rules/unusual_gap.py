"""Unusual gap: a frequent buyer has not come for longer than she herself ever lets pass. Unusual for her,
which is another thing than lost: most come back, and a word in time finds out why they stayed away.

Logs of gaps are measured in the customer's own spread from her own mean, both drawn towards the crowd's
while few gaps are known (normal-gamma; Gelman et al., Bayesian Data Analysis, 3.3). How far so many in a
hundred lie beyond is read from all gaps that have ended. It speaks on mornings.
"""

from collections.abc import Sequence
from datetime import date, datetime
from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.risk.calendar import Calendar
from services.insight.risk.known import Known
from services.insight.risk.mbg.likelihood import Floats
from services.insight.risk.purchases import NEVER
from services.insight.risk.ranges import Count, Falling
from services.insight.risk.rule import Condition, Finding, Open, Rule, Standard
from services.insight.risk.silence.crowd import crowd
from services.insight.risk.silence.model import Crowd, rhythm, rhythms
from services.insight.risk.silence.state import Silence, broken
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid, SubscriptionCancelled

NAME = "unusual_gap"
PLAY = "Ask whether something was amiss. Most come back by themselves: a friendly word is enough."
FEWEST, AT_MOST = 500, 200_000
"""Ended gaps of frequent buyers: below so many nothing is called unusual; of more, every second or third
is read."""
LONGEST = 3_000
"""Days."""
LAST_BITS = 1e-9
"""Wider than any difference between numpy's and math's logs."""


class Settings(NamedTuple):
    """Of how many gaps at least, how many of a hundred are longer at most (for each severity), and the
    shortest gap in days that is worth a word."""

    fewest_gaps: Count = 6
    seldom: Falling = (2.0, 0.5, 0.1)
    shortest: Count = 5


class Usual(NamedTuple):
    """The crowd's rhythm, and how many own spreads beyond the own mean, in logs, the seldom gaps lie."""

    crowd: Crowd
    beyond: tuple[float, float, float]


def learn(known: Known, settings: Settings, before: Usual | None) -> Usual | None:
    """From all gaps that ended before; None while they are too few."""
    past = known.purchases.silences() if len(known.purchases.days) else None
    if past is None:
        return None
    ended = past.where(np.flatnonzero((past.back < NEVER) & (past.columns[2] >= settings.fewest_gaps)))
    if len(ended.back) < FEWEST:
        return None
    ended = ended.where(np.arange(0, len(ended.back), 1 + len(ended.back) // AT_MOST))
    rhythm_of_all = crowd(known.purchases.standing())
    mean, spread = rhythms(rhythm_of_all, *ended.columns[2:])
    far = (np.log(ended.back - ended.last) - mean) / spread
    beyond = np.quantile(far, [1 - seldom / 100 for seldom in settings.seldom])
    one, two, three = (float(f"{each:.6g}") for each in beyond)
    return Usual(Crowd(*(float(f"{each:.6g}") for each in rhythm_of_all)), (one, two, three))


def _evolve(gap: Silence | None, event: Event, calendar: Calendar) -> Silence | None:
    """Who has ended a subscription has left, and is judged again once they have bought again."""
    if isinstance(event.data, SubscriptionCancelled):
        return None
    return broken(gap, calendar.day(event.time))


def unusual_after(gap: Silence, usual: Usual) -> list[int]:
    """Days on which it becomes how unusual."""
    mean, spread = rhythm(usual.crowd, *gap[2:])
    return [int(min(exp(min(mean + each * spread, 9.0)), LONGEST)) + 1 for each in usual.beyond]


def _steps(gap: Silence, standard: Standard) -> list[int]:
    """The days on which the gap becomes how unusual; none while too little is known."""
    settings: Settings = standard.settings
    if standard.parameters is None or gap.repeats < settings.fewest_gaps:
        return []
    return [gap.last + max(days, settings.shortest) for days in unusual_after(gap, standard.parameters)]


def _stands(gap: Silence | None, stands: Open | None) -> int:
    """How severe this very gap was found: what was said stays."""
    return stands.severity if gap and stands and stands.opening == _opening(gap) else 0


def _opening(gap: Silence) -> str:
    return date.fromordinal(gap.last).isoformat()


def _find(
    gap: Silence | None, at: datetime, standard: Standard, calendar: Calendar, stands: Open | None
) -> Finding | None:
    if gap is None:
        return None
    day, before, steps = calendar.day(at), _stands(gap, stands), _steps(gap, standard)
    severity = max(before, sum(day >= step for step in steps))
    if not severity:
        return None
    days, usual = day - gap.last, exp(gap.logs / max(gap.repeats, 1))
    seldom = standard.settings.seldom[severity - 1]
    return Finding(
        _opening(gap), calendar.morning(gap.last), severity, None,
        f"{days} days since the last purchase, where {usual:.0f} are usual for this customer;"
        f" at most {seldom:g} in 100 gaps last so long",
        tuple(Condition("days", days, ">=", step - gap.last) for step in steps[severity - 1 : severity]),
        {"days": days, "usual_days": round(usual, 3), "gaps": gap.repeats},
        gap.repeats,
    )  # fmt: skip


def _due(
    gap: Silence | None, since: datetime, until: datetime, standard: Standard, calendar: Calendar,
    stands: Open | None,
) -> datetime | None:  # fmt: skip
    if gap is None or not (steps := _steps(gap, standard)[_stands(gap, stands) :]):
        return None
    morning = calendar.morning(max(steps[0], calendar.day(since) + 1))
    return morning if morning <= until else None


def _coming(
    gaps: Sequence[Silence | None], until: datetime, standard: Standard, calendar: Calendar,
    stand: Sequence[Open | None],
) -> NDArray[np.bool_]:  # fmt: skip
    """Who has reached the next step on the last morning: a gap only grows more unusual."""
    if standard.parameters is None:
        return np.zeros(len(gaps), dtype=bool)
    far, days = _far(gaps, calendar.day(until), standard)
    steps = np.array([*standard.parameters.beyond, np.inf])
    severities = np.array([_stands(gap, each) for gap, each in zip(gaps, stand, strict=True)], dtype=int)
    reached = (far >= steps[severities] - LAST_BITS) | ((days > LONGEST) & (severities < 3))
    return np.asarray(reached & np.isfinite(far) & (days >= standard.settings.shortest))


def _far(gaps: Sequence[Silence | None], day: int, standard: Standard) -> tuple[Floats, Floats]:
    """How many own spreads beyond the own mean each gap is by then, and its days; -inf: too little is
    known."""
    rows = np.array([gap or Silence(day, day) for gap in gaps], dtype=np.float64).reshape(-1, 5)
    mean, spread = rhythms(standard.parameters.crowd, *rows.T[2:])
    days = day - rows[:, 1]
    far = (np.log(np.maximum(days, 0.5)) - mean) / spread
    return np.where(rows[:, 2] >= standard.settings.fewest_gaps, far, -np.inf), days


def scores(
    gaps: Sequence[Silence | None], at: datetime, standard: Standard, calendar: Calendar
) -> NDArray[np.float64]:
    """How far beyond what is usual for the customer."""
    if standard.parameters is None or not len(gaps):
        return np.full(len(gaps), -np.inf)
    return _far(gaps, calendar.day(at), standard)[0]


UNUSUAL_GAP = Rule(
    NAME,
    frozenset({OrderPaid, SubscriptionCancelled}),
    None,
    _evolve,
    _find,
    _due,
    _coming,
    PLAY,
    Settings,
    Usual,
    learn,
    scores,
)  # fmt: skip
