"""Silence: a buyer without a contract has bought nothing for so long that most such buyers do not come back.

P(silent) = P(no purchase within the horizon | silent so far) by MBG/NBD (Batislam, Denizel, Filiztekin 2007),
corrected by what became of silences that are old enough to tell. It only rises while a silence lasts, so a
silence has one morning on which it becomes too long. It speaks of mornings: a day is known when it is over.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime
from math import exp, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.risk.calendar import Calendar
from services.insight.risk.mbg.likelihood import Floats, p_silents
from services.insight.risk.mbg.mbg import Parameters, p_silent
from services.insight.risk.rule import Condition, Finding, Open, Rule, Standard
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid

NAME = "silence"
LAST_BITS = 1e-9
"""Wider than any difference between numpy's and math's exponentials."""
SHRINK = 2.0
"""Purchases that the crowd's rhythm counts for beside a customer's own."""


class Silence(NamedTuple):
    """Days of the first and of the last purchase, and how many other days of purchase there were."""

    first: int
    last: int
    repeats: int


class Model(NamedTuple):
    """MBG/NBD in weeks; the horizon in weeks; the crowd's usual gap in days; and, once enough silences are old
    enough to tell, how P(silent) is corrected: weights of its log odds, of nothing, of the days silent over the
    own gap, of that gap over the crowd's (both as logs), and of one, two to three, and more repeats."""

    parameters: Parameters
    horizon: float
    threshold: float
    gap: float
    weights: tuple[float, ...] | None = None


def _evolve(silence: Silence | None, event: Event, calendar: Calendar) -> Silence:
    day = calendar.day(event.time)
    if silence is None:
        return Silence(day, day, 0)
    return silence if day == silence.last else Silence(silence.first, day, silence.repeats + 1)


def chance(model: Model, silence: Silence, day: int) -> float:
    """P(silent) on the morning of a day after the last purchase; rises from day to day."""
    first, last, repeats = silence
    stayed = p_silent(
        model.parameters, repeats, (last - first) / 7, max(day - 1 - first, last - first) / 7, model.horizon
    )
    if model.weights is None:
        return stayed
    odds, always, longer, slower, *classes = model.weights
    own = exp((SHRINK * log(model.gap) + repeats * log(max(last - first, 1) / max(repeats, 1))) / (SHRINK + repeats))
    seldom = 0.0 if repeats == 0 else classes[min(repeats, 4) // 2]
    stayed = min(max(stayed, 1e-6), 1 - 1e-6)
    z = (
        odds * log(stayed / (1 - stayed)) + always + longer * log((day - last) / own)
        + slower * log(own / model.gap) + seldom
    )  # fmt: skip
    return 1 / (1 + exp(-z))


def chances(model: Model, first: Floats, last: Floats, repeats: Floats, day: int) -> Floats:
    """The same of many; equal but for the last bits."""
    t_x = last - first
    stayed = p_silents(
        model.parameters, repeats, t_x / 7, np.maximum(day - 1 - first, t_x) / 7, model.horizon
    )
    if model.weights is None:
        return stayed
    odds, always, longer, slower, *classes = model.weights
    usual = log(model.gap)
    own = (SHRINK * usual + repeats * np.log(np.maximum(t_x, 1) / np.maximum(repeats, 1))) / (SHRINK + repeats)
    seldom = np.array([0.0, *classes])[np.where(repeats == 0, 0, 1 + np.minimum(repeats, 4) // 2).astype(int)]
    stayed = np.clip(stayed, 1e-6, 1 - 1e-6)
    z = (
        odds * np.log(stayed / (1 - stayed)) + always + longer * (np.log(np.maximum(day - last, 1)) - own)
        + slower * (own - usual) + seldom
    )  # fmt: skip
    return np.asarray(1 / (1 + np.exp(-z)))


def bounds(model: Model) -> tuple[float, float, float]:
    """From which chance on a silence is too long, serious, and all but certain to last."""
    doubt = 1 - model.threshold
    return model.threshold, 1 - doubt / 2, 1 - doubt / 4


def _severity(model: Model, silence: Silence, day: int, stands: int) -> int:
    """What was said of a silence stays, though newer parameters would not say it again."""
    reached = chance(model, silence, day) if day > silence.last else 0.0
    return max(stands, sum(reached >= bound for bound in bounds(model)))


def _find(
    silence: Silence | None, at: datetime, standard: Standard, calendar: Calendar, stands: Open | None
) -> Finding | None:
    model: Model | None = standard.parameters
    if silence is None or model is None:
        return None
    day, opening = calendar.day(at), date.fromordinal(silence.last).isoformat()
    severity = _severity(model, silence, day, _stands(silence, stands))
    return _finding(model, silence, day, severity, opening, calendar) if severity else None


def _finding(
    model: Model, silence: Silence, day: int, severity: int, opening: str, calendar: Calendar
) -> Finding:
    stated = round(chance(model, silence, max(day, silence.last + 1)), 9)
    days = day - silence.last
    return Finding(
        opening, calendar.morning(silence.last), severity, stated if model.weights else None,
        f"no purchase for {days} days, after {silence.repeats + 1} days with one",
        (Condition("p_silent", stated, ">=", model.threshold),),
        {"x": silence.repeats, "t_x": (silence.last - silence.first) / 7, "T": (day - 1 - silence.first) / 7,
         "horizon": model.horizon, "days": days} | dict(zip("r alpha a b".split(), model.parameters.as_tuple(), strict=True)),
    )  # fmt: skip


def _due(
    silence: Silence | None, since: datetime, until: datetime, standard: Standard, calendar: Calendar,
    stands: Open | None,
) -> datetime | None:  # fmt: skip
    """The first morning after `since` that finds it more severe."""
    model: Model | None = standard.parameters
    if silence is None or model is None:
        return None
    start, end = max(calendar.day(since), silence.last) + 1, calendar.day(until)
    if calendar.morning(start - 1) > since:
        start -= 1
    before = _stands(silence, stands)
    if before == 3 or start > end:
        return None
    bound = bounds(model)[before]
    if chance(model, silence, end) < bound:
        return None
    found = bisect_left(range(start, end + 1), True, key=lambda day: chance(model, silence, day) >= bound)
    return calendar.morning(start + found)


def _coming(
    states: Sequence[Silence | None], until: datetime, standard: Standard, calendar: Calendar,
    stand: Sequence[Open | None],
) -> NDArray[np.bool_]:  # fmt: skip
    """Who has reached the next bound on the last morning: a silence only grows more severe."""
    model: Model | None = standard.parameters
    if model is None:
        return np.zeros(len(states), dtype=bool)
    begun = np.array([state is not None for state in states], dtype=bool)
    rows = np.array([state or (0, 0, 0) for state in states], dtype=np.float64).reshape(-1, 3)
    next_bound = np.array([*bounds(model), np.inf])
    severities = np.array([_stands(state, each) for state, each in zip(states, stand, strict=True)], dtype=int)
    reached = chances(model, *rows.T, calendar.day(until)) >= next_bound[severities] - LAST_BITS
    return np.asarray(begun & reached)


def _stands(silence: Silence | None, stands: Open | None) -> int:
    """How severe this very silence was found."""
    if silence is None or stands is None or stands.opening != date.fromordinal(silence.last).isoformat():
        return 0
    return stands.severity


SILENCE = Rule(NAME, frozenset({OrderPaid}), None, _evolve, _find, _due, _coming)
