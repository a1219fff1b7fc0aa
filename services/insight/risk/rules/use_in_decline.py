"""Use in decline: someone does markedly less of one thing than is their habit, for weeks on end.

Judged a behaviour at a time, week by week, when a week is over: the last weeks against those before. What would
come by chance is measured by how much the weeks of the habit differ among themselves, so frequent and rare users
are held to the same. Purchases are a behaviour like any other.
"""

from collections.abc import Mapping
from datetime import datetime
from math import sqrt
from typing import NamedTuple

from services.insight.risk.calendar import Calendar
from services.insight.risk.rule import Condition, Finding, Open, Rule, Standard
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid, SubscriptionCancelled, UsageRecorded

NAME = "use_in_decline"
PURCHASES = "purchases"
KEPT = 30
"""Weeks of use that are remembered."""


class Settings(NamedTuple):
    """Weeks that count as recent, and how many of habit are needed; down to which part of the habit use must fall
    (for each severity), from which part on it is over; how unlikely by chance, in standard deviations; and the
    use a week below which nobody has a habit."""

    recent: int = 4
    habit: int = 8
    falls_to: tuple[float, float, float] = (0.5, 0.25, 0.05)
    over_at: float = 0.75
    beyond_chance: float = 3.0
    least: float = 0.75


class Use(NamedTuple):
    """Quantities of the weeks up to `week`, the newest last; none before the first week of use."""

    week: int
    weeks: tuple[int, ...]

    def until(self, week: int) -> tuple[int, ...]:
        """Those of the weeks that are over when that week begins."""
        missing = week - 1 - self.week
        return (self.weeks[:-1] if missing < 0 else (*self.weeks, *(0,) * missing))[-KEPT:]


State = tuple[tuple[str, Use], ...]


def _evolve(state: State, event: Event, calendar: Calendar) -> State:
    match event.data:
        case UsageRecorded(behaviour=behaviour, quantity=quantity):
            pass
        case OrderPaid():
            behaviour, quantity = PURCHASES, 1
        case _:
            return ()  # who has cancelled is not in decline any more
    week = calendar.week_of(event.time)
    uses = dict(state)
    before = uses.get(behaviour)
    if before is None:
        uses[behaviour] = Use(week, (quantity,))
    elif week == before.week:
        uses[behaviour] = Use(week, (*before.weeks[:-1], before.weeks[-1] + quantity))
    else:
        uses[behaviour] = Use(week, (*before.until(week), quantity))
    return tuple(sorted(uses.items()))


class Fall(NamedTuple):
    """Use a week of late and by habit, and how far beyond chance that is in standard deviations."""

    recent: float
    habit: float
    beyond: float

    @property
    def part(self) -> float:
        return self.recent / self.habit


def fall(use: Use, week: int, settings: Settings) -> Fall | None:
    """At the beginning of a week; None while there is no habit to fall from."""
    weeks = use.until(week)
    recent, habit = weeks[-settings.recent :], weeks[: -settings.recent]
    if len(habit) < settings.habit or (usual := sum(habit) / len(habit)) < settings.least:
        return None
    spread = sum((each - usual) ** 2 for each in habit) / (len(habit) - 1)
    noise = sqrt(max(spread, usual) * (1 / len(recent) + 1 / len(habit)))
    now = sum(recent) / len(recent)
    return Fall(now, usual, (usual - now) / noise)


def _severity(found: Fall | None, stands: Open | None, settings: Settings) -> int:
    """What stands stays until use is back near the habit, which by then may have come down to it."""
    if found is None:
        return 0
    reached = sum(found.part <= part for part in settings.falls_to)
    if stands is not None:
        return 0 if found.part >= settings.over_at else max(stands.severity, reached)
    return reached if found.beyond >= settings.beyond_chance else 0


def _worst(state: State, week: int, stands: Open | None, settings: Settings) -> tuple[int, str, Fall] | None:
    """The behaviour that has fallen furthest; the one that stands as long as it does."""
    named = stands.opening.rpartition("@")[0] if stands else None
    found = [
        (severity, behaviour, seen)
        for behaviour, use in state
        if (seen := fall(use, week, settings))
        and (severity := _severity(seen, stands if behaviour == named else None, settings))
    ]
    return max(found, key=lambda each: (each[1] == named, each[0], -each[2].part, each[1]), default=None)


def _find(
    state: State, at: datetime, standard: Standard, calendar: Calendar, stands: Open | None
) -> Finding | None:
    settings: Settings = standard.settings
    week = calendar.week_of(at)
    worst = _worst(state, week, stands, settings)
    if worst is None:
        return None
    severity, behaviour, seen = worst
    opening = f"{behaviour}@{week}"
    if stands and stands.opening.rpartition("@")[0] == behaviour:
        opening = stands.opening
    return Finding(
        opening, calendar.boundary(int(opening.rpartition("@")[2])), severity, None,
        f"{behaviour}: {seen.recent:.1f} a week of late, where {seen.habit:.1f} were the habit",
        (
            Condition("part_of_habit", round(seen.part, 9), "<=", settings.falls_to[severity - 1]),
            Condition("beyond_chance", round(seen.beyond, 9), ">=", settings.beyond_chance),
        ),
        _measures(seen),
    )  # fmt: skip


def _measures(seen: Fall) -> Mapping[str, float]:
    return {"recent": round(seen.recent, 9), "habit": round(seen.habit, 9)}


def _due(
    state: State, since: datetime, until: datetime, standard: Standard, calendar: Calendar, stands: Open | None
) -> datetime | None:
    """The first boundary at which another thing is to be said."""
    first, last = calendar.week_of(since) + 1, calendar.week_of(until)
    for week in range(first, last + 1):
        worst = _worst(state, week, stands, standard.settings)
        says = Open(worst[1], worst[0]) if worst else None
        told = Open(stands.opening.rpartition("@")[0], stands.severity) if stands else None
        if says != told:
            return calendar.boundary(week)
    return None


USE_IN_DECLINE = Rule(
    NAME, frozenset({UsageRecorded, OrderPaid, SubscriptionCancelled}), (), _evolve, _find, _due,
    settings=Settings,
)
