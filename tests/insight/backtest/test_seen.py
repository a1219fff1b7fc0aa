"""What a boundary is shown is what had happened before it, and nothing else."""

from collections import Counter
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.insight.backtest.log.seen import seen
from services.insight.risk.calendar import Calendar
from services.insight.risk.known import Known
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid, SubscriptionCancelled, UsageRecorded
from tests.insight.backtest.made import bought, history, noon, worlds
from tests.insight.risk.logs import ORIGIN, ZONES

zones = st.sampled_from(ZONES)


def told(known: Known) -> dict[str, object]:
    """By the customer's number."""
    ends = list(zip(known.purchases.starts, known.purchases.starts[1:], strict=False))
    return {
        "now": date.fromordinal(known.now),
        "bought": [list(known.purchases.days[first:last]) for first, last in ends],
        "used": {
            name: list(zip(each.customers, each.weeks, each.quantities, strict=True))
            for name, each in known.uses.items()
        },
        "ended": dict(known.ended),
    }


def the_slow_way(world: list[Event], calendar: Calendar, week: int) -> dict[str, object]:
    now = calendar.origin + 7 * week
    before = [event for event in world if calendar.day(event.time) < now]
    names = sorted({event.subject for event in world})
    days = {
        name: sorted(
            {calendar.day(e.time) for e in before if e.subject == name and isinstance(e.data, OrderPaid)}
        )
        for name in names
    }
    buyers = [name for name in names if days[name]]
    number = {name: n for n, name in enumerate([*buyers, *(name for name in names if not days[name])])}
    used: dict[str, Counter[tuple[int, int]]] = {}
    ended = {}
    for event in sorted(before, key=lambda event: event.time):
        match event.data:
            case UsageRecorded(behaviour=behaviour, quantity=quantity):
                spot = number[event.subject], calendar.week_of(event.time)
                used.setdefault(behaviour, Counter())[spot] += quantity
            case SubscriptionCancelled(by_wish=True):
                ended[number[event.subject]] = calendar.day(event.time)
    return {
        "now": date.fromordinal(now),
        "bought": [days[name] for name in buyers],
        "used": {name: [(*spot, each[spot]) for spot in sorted(each)] for name, each in used.items()},
        "ended": ended,
    }


@given(worlds, zones, st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_a_boundary_is_shown_the_past_alone(world: list[Event], zone: str, week: int) -> None:
    calendar = Calendar(Calendar(0, zone).day(ORIGIN), zone)
    known = seen(history(world), calendar).at(week)
    assert told(known) == the_slow_way(world, calendar, week)


def test_who_first_buys_on_the_morning_of_a_boundary_is_no_buyer_yet() -> None:
    used = [
        Event(f"u{who}", "/shop", who, noon(1), UsageRecorded(behaviour="b", quantity=quantity))
        for who, quantity in (("a", 1), ("b", 5))
    ]
    known = seen(history([*used, *bought("b", 7)]), Calendar(ORIGIN.toordinal())).at(1)
    assert told(known)["used"] == {"b": [(0, 0, 1), (1, 0, 5)]}


@given(worlds, st.integers(1, 60))
@settings(max_examples=50, deadline=None)
def test_what_comes_later_changes_nothing(world: list[Event], week: int) -> None:
    """But for the numbers of those of whom nothing was known, who are nobody yet."""
    calendar = Calendar(ORIGIN.toordinal())
    past = [event for event in world if calendar.week_of(event.time) < week]
    if past:
        whole, cut = (seen(history(each), calendar).at(week) for each in (world, past))
        assert np.array_equal(whole.purchases.days, cut.purchases.days)
        assert np.array_equal(whole.purchases.starts, cut.purchases.starts)
        assert whole.uses.keys() == cut.uses.keys()
