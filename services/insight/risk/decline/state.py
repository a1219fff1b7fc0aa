"""What is remembered of a customer's use: quantities by week, for each behaviour. Purchases are one like
any other."""

from collections.abc import Sequence
from typing import NamedTuple

from services.insight.risk.calendar import Calendar
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid, UsageRecorded

PURCHASES = "purchases"
KEPT = 30
"""Weeks of use that are remembered."""


class Use(NamedTuple):
    """Quantities of the weeks up to `week`, the newest last, none before the first week of use; and the
    last day of use: purchases are counted a day at a time."""

    week: int
    weeks: tuple[int, ...]
    day: int = 0

    def until(self, week: int) -> tuple[int, ...]:
        """Those of the weeks that are over when that week begins."""
        missing = week - 1 - self.week
        if missing < 0:
            return self.weeks[:-1][-KEPT:]
        return (*self.weeks, *(0,) * min(missing, KEPT))[-KEPT:]


State = tuple[tuple[str, Use], ...]
"""By behaviour, in order of their names."""


def evolve(state: State, event: Event, calendar: Calendar) -> State:
    match event.data:
        case UsageRecorded(behaviour=behaviour, quantity=quantity):
            pass
        case OrderPaid():
            behaviour, quantity = PURCHASES, 1
        case _:
            return ()  # who has cancelled is not in decline any more
    day = calendar.day(event.time)
    uses = dict(state)
    before = uses.get(behaviour)
    if behaviour == PURCHASES and before and before.day == day:
        return state
    uses[behaviour] = _used(before, calendar.week(day), day, quantity)
    return tuple(sorted(uses.items()))


def _used(before: Use | None, week: int, day: int, quantity: int) -> Use:
    if before is None:
        return Use(week, (quantity,), day)
    if week == before.week:
        return Use(week, (*before.weeks[:-1], before.weeks[-1] + quantity), day)
    return Use(week, (*before.until(week), quantity), day)


def uses_of(states: Sequence[State], behaviour: str) -> tuple[list[int], list[Use]]:
    """The places of those who have ever done it, and their use."""
    found = [(place, use) for place, state in enumerate(states) for name, use in state if name == behaviour]
    return [place for place, _ in found], [use for _, use in found]
