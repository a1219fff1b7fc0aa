"""Use in decline: someone does markedly less of one thing than is their habit, and is about to do half at
most.

Judged a behaviour at a time, week by week, when a week is over. Once the business's own past tells how
likely use is to fall by half, that chance decides; until then a plain bound does: the last weeks against
those before, beyond what the weeks of the habit differ among themselves. So frequent and rare users are
held to the same. Purchases are a behaviour like any other.
"""

from datetime import datetime
from typing import NamedTuple

from services.insight.risk.calendar import Calendar
from services.insight.risk.decline.choice import learn
from services.insight.risk.decline.fall import Fall, Settings, fall, severity
from services.insight.risk.decline.many import coming
from services.insight.risk.decline.model import Learnt, Model
from services.insight.risk.decline.ranking import scores
from services.insight.risk.decline.state import State, evolve
from services.insight.risk.rule import Condition, Finding, Open, Rule, Standard
from shared.contracts.signals import OrderPaid, SubscriptionCancelled, UsageRecorded

NAME = "use_in_decline"
PLAY = "Ask what has changed, and show what of the thing used less would serve now: use has not stopped yet."


class Seen(NamedTuple):
    """The behaviour that has fallen furthest, or that stands as long as it does."""

    severity: int
    behaviour: str
    fall: Fall
    learnt: Learnt | None


def _behaviour(stands: Open | None) -> str | None:
    return stands.opening.rpartition("@")[0] if stands else None


def _worst(state: State, week: int, stands: Open | None, standard: Standard) -> Seen | None:
    model: Model | None = standard.parameters
    named, found = _behaviour(stands), []
    for behaviour, use in state:
        weeks = use.until(week)
        if seen := fall(weeks, standard.settings):
            learnt = model.of(behaviour) if model else None
            before = stands if behaviour == named else None
            if how := severity(seen, weeks, learnt, before, standard.settings):
                found.append(Seen(how, behaviour, seen, learnt))
    return max(
        found,
        key=lambda each: (each.behaviour == named, each.severity, -each.fall.part, each.behaviour),
        default=None,
    )


def _find(
    state: State, at: datetime, standard: Standard, calendar: Calendar, stands: Open | None
) -> Finding | None:
    week = calendar.week_of(at)
    worst = _worst(state, week, stands, standard)
    if worst is None:
        return None
    opening = f"{worst.behaviour}@{week}"
    if stands and _behaviour(stands) == worst.behaviour:
        opening = stands.opening
    seen, settings = worst.fall, standard.settings
    said = Condition("part_of_habit", round(seen.part, 9), "<=", settings.falls_to[worst.severity - 1])
    beyond = Condition("beyond_chance", round(seen.beyond, 9), ">=", settings.beyond_chance)
    return Finding(
        opening, calendar.boundary(int(opening.rpartition("@")[2])), worst.severity, None, _words(worst),
        (said, beyond),
        {"recent": round(seen.recent, 9), "habit": round(seen.habit, 9)},
        seen.weeks,
    )  # fmt: skip


def _due(
    state: State,
    since: datetime,
    until: datetime,
    standard: Standard,
    calendar: Calendar,
    stands: Open | None,
) -> datetime | None:
    """The first boundary at which another thing is to be said."""
    told = (_behaviour(stands), stands.severity) if stands else None
    for week in range(calendar.week_of(since) + 1, calendar.week_of(until) + 1):
        worst = _worst(state, week, stands, standard)
        if (worst and (worst.behaviour, worst.severity)) != told:
            return calendar.boundary(week)
    return None


def _words(worst: Seen) -> str:
    seen = worst.fall
    if not seen.habit:
        return f"{worst.behaviour}: none for {seen.weeks} weeks and more"
    return f"{worst.behaviour}: {seen.recent:.1f} a week of late, where {seen.habit:.1f} were the habit"


USE_IN_DECLINE = Rule(
    NAME,
    frozenset({UsageRecorded, OrderPaid, SubscriptionCancelled}),
    (),
    evolve,
    _find,
    _due,
    coming,
    PLAY,
    Settings,
    Model,
    learn,
    scores,
)
