"""Silence: a buyer without a contract has bought nothing for so long that most such buyers do not come back.

What is too long is learnt from the business's own log: from a chance of staying away on (MBG/NBD,
corrected by what became of silences that are old enough to tell), or from a plain number of days on,
whichever would have told sooner and been right as often as wished. Either is reached once in a silence. It
speaks of mornings: a day is known when it is over.
"""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import chain
from math import exp

import numpy as np
from numpy.typing import NDArray

from services.insight.risk.calendar import Calendar
from services.insight.risk.mbg.likelihood import Floats
from services.insight.risk.rule import Condition, Finding, Open, Rule, Standard
from services.insight.risk.silence.bound import are_reached, first_day, is_reached
from services.insight.risk.silence.learning.learn import learn
from services.insight.risk.silence.learnt import Learnt, Settings
from services.insight.risk.silence.model import chance
from services.insight.risk.silence.ranking import scores
from services.insight.risk.silence.state import Silence, broken
from services.insight.risk.silence.stated import stated
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid, SubscriptionCancelled

NAME = "silence"
NOBODY = Silence(0, 0)


def _evolve(silence: Silence | None, event: Event, calendar: Calendar) -> Silence | None:
    """Who has ended a subscription has left, and is judged again once they have bought again."""
    if isinstance(event.data, SubscriptionCancelled):
        return None
    return broken(silence, calendar.day(event.time))


def _stands(silence: Silence, stands: Open | None) -> int:
    """How severe this very silence was found."""
    if stands is None or stands.opening != date.fromordinal(silence.last).isoformat():
        return 0
    return stands.severity


def _severity(learnt: Learnt, silence: Silence, day: int) -> int:
    """The highest bound that is reached; none is without the first."""
    model, bounds = learnt.model, learnt.bounds
    if day <= silence.last or not is_reached(model, bounds[0], silence, day):
        return 0
    return max(place for place, bound in enumerate(bounds, 1) if is_reached(model, bound, silence, day))


def _find(
    silence: Silence | None, at: datetime, standard: Standard, calendar: Calendar, stands: Open | None
) -> Finding | None:
    """What was said of a silence stays, though newer parameters would not say it again."""
    learnt: Learnt | None = standard.parameters
    if silence is None or learnt is None:
        return None
    day = calendar.day(at)
    severity = max(_severity(learnt, silence, day), _stands(silence, stands))
    return _finding(learnt, silence, day, severity, calendar) if severity else None


def _finding(learnt: Learnt, silence: Silence, day: int, severity: int, calendar: Calendar) -> Finding:
    days, repeats, bound = day - silence.last, silence.repeats, learnt.bounds[severity - 1]
    likely = round(chance(learnt.model, silence, max(day, silence.last + 1)), 9)
    measures = {"days": days, "repeats": repeats, "horizon_weeks": learnt.model.horizon, "likely": likely}
    if repeats:
        measures["usual_days"] = round(exp(silence.logs / repeats), 3)
    return Finding(
        date.fromordinal(silence.last).isoformat(), calendar.morning(silence.last), severity,
        round(stated(likely, repeats, learnt.shifts), 9) if learnt.chosen else None, _words(days, repeats),
        (Condition("days", days, ">=", bound.days) if bound.is_plain
         else Condition("likely", likely, ">=", bound.chance),),
        measures, repeats,
    )  # fmt: skip


def _words(days: int, repeats: int) -> str:
    before = {0: "a first purchase", 1: "two purchases"}.get(repeats, f"purchases on {repeats + 1} days")
    return f"no purchase for {days} day{'' if days == 1 else 's'}, after {before}"


def _due(
    silence: Silence | None, since: datetime, until: datetime, standard: Standard, calendar: Calendar,
    stands: Open | None,
) -> datetime | None:  # fmt: skip
    """The first morning after `since` that finds it more severe."""
    learnt: Learnt | None = standard.parameters
    if silence is None or learnt is None or (before := _stands(silence, stands)) == len(learnt.bounds):
        return None
    start, end = max(calendar.day(since), silence.last) + 1, calendar.day(until)
    if calendar.morning(start - 1) > since:
        start -= 1
    from_first = first_day(learnt.model, learnt.bounds[0], silence, start, end)
    if from_first is None:
        return None
    further = (first_day(learnt.model, bound, silence, from_first, end) for bound in learnt.bounds[before:])
    days = [day for day in further if day is not None]
    return calendar.morning(min(days)) if days else None


def _columns(states: Sequence[Silence | None]) -> Floats:
    rows = chain.from_iterable(state or NOBODY for state in states)
    return np.fromiter(rows, dtype=np.float64, count=5 * len(states)).reshape(-1, 5).T


def _coming(
    states: Sequence[Silence | None], until: datetime, standard: Standard, calendar: Calendar,
    stand: Sequence[Open | None],
) -> NDArray[np.bool_]:  # fmt: skip
    """Who has reached a further bound on the last morning than what stands: it only grows more severe."""
    learnt: Learnt | None = standard.parameters
    if learnt is None or not len(states):
        return np.zeros(len(states), dtype=bool)
    columns = _columns(states)
    days = calendar.day(until) - columns[1]
    begun = (columns[1] > 0) & (days > 0)
    reached = are_reached(learnt.model, learnt.bounds, columns, np.maximum(days, 1.0))
    severity = np.where(reached, np.arange(1, len(reached) + 1)[:, None], 0).max(axis=0)
    told = [_stands(state, each) if state and each else 0 for state, each in zip(states, stand, strict=True)]
    return np.asarray(begun & reached[0] & (severity > np.array(told)))


def _scores(
    states: Sequence[Silence | None], at: datetime, standard: Standard, calendar: Calendar
) -> NDArray[np.float64]:
    """By the chance that the silence lasts, its days, and how often the customer had come."""
    learnt: Learnt | None = standard.parameters
    if learnt is None or not len(states):
        return np.full(len(states), -np.inf)
    columns = _columns(states)
    days = np.maximum(calendar.day(at) - columns[1], 1.0)
    return np.where(columns[1] > 0, scores(learnt.model, learnt.ranking, columns, days), -np.inf)


SILENCE = Rule(
    NAME, frozenset({OrderPaid, SubscriptionCancelled}), None, _evolve, _find, _due, _coming,
    play="ask what has become of it, with a reason to come back",
    settings=Settings, parameters=Learnt, learn=learn, scores=_scores,
)  # fmt: skip
