"""An alert is right when its label came true after it, and open while nobody can tell."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.insight.backtest.judging.labels import (
    FALSE,
    NOTHING,
    OPEN,
    TRUE,
    Label,
    Unlabelled,
    came_true,
    label,
)
from services.insight.backtest.log.outcome import outcome
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid, SubscriptionCancelled, UsageRecorded
from tests.insight.backtest.made import bought, history, noon, worlds
from tests.insight.risk.logs import END, ORIGIN


def became(events: list[Event], said: Label, day: int, end: int = 400) -> int:
    made = outcome(history(events), int((ORIGIN + timedelta(days=end)).timestamp()))
    at = int((ORIGIN + timedelta(days=day)).timestamp())
    return int(came_true(said, made, np.array([0]), np.array([at]))[0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no purchase in 8 weeks", Label("no purchase", 8)),
        ("No purchase  for 56 days", Label("no purchase", 8)),
        ("no purchase", Label("no purchase", 39)),
        ("cancelled", Label("cancelled", 13)),
        ("cancelled in 1 week", Label("cancelled", 1)),
        ("use falls by half in 8 weeks", Label("use falls by half", 8)),
    ],
)
def test_a_label_is_said_in_words(text: str, said: Label) -> None:
    assert label(text, 39) == said


@pytest.mark.parametrize(
    "text", ["churned", "no purchase in 0 weeks", "cancelled in 10 days", "no purchase in"]
)
def test_what_is_no_label_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(Unlabelled, match="weeks"):
        label(text, 39)


def test_no_purchase_is_right_wrong_or_open() -> None:
    said, events = Label("no purchase", 2), bought("c", 10, 60)
    assert became(events, said, 40) == TRUE
    assert became(events, said, 47) == FALSE, "she came on day 60, within 14 days"
    assert became(events, said, 60) == FALSE, "the morning of that day"
    assert became(events, said, 386) == TRUE
    assert became(bought("c", 10, 54), said, 40) == TRUE, "half a day too late"
    assert became(events, said, 387) == OPEN
    assert became(bought("c", 10, 390), said, 387) == OPEN, "though it is known to be wrong already"


def test_cancelled_is_right_within_its_weeks() -> None:
    gone = Event("x", "/shop", "c", noon(100), SubscriptionCancelled())
    assert became([*bought("c", 1), gone], Label("cancelled", 2), 86) == FALSE
    assert became([*bought("c", 1), gone], Label("cancelled", 2), 87) == TRUE
    assert became([*bought("c", 1), gone], Label("cancelled", 2), 101) == FALSE


def used(*days: int) -> list[Event]:
    return [
        Event(f"u{day}", "/shop", "c", noon(day), UsageRecorded(behaviour="b", quantity=2)) for day in days
    ]


def test_use_falls_from_a_habit() -> None:
    daily, seldom = used(*range(150)), used(*range(150), *range(150, 200, 4))
    said = Label("use falls by half", 4)
    assert became(daily, said, 150) == TRUE
    assert became(daily, said, 100) == FALSE
    assert became(seldom, said, 150) == TRUE
    assert became(daily, said, 50) == NOTHING, "seven weeks make no habit"
    assert became(used(0, 90), said, 120) == NOTHING


@given(worlds, st.integers(0, 399), st.integers(1, 12))
@settings(max_examples=150, deadline=None)
def test_no_purchase_as_it_is_told_the_slow_way(world: list[Event], day: int, weeks: int) -> None:
    at, until = ORIGIN + timedelta(days=day), ORIGIN + timedelta(days=day + 7 * weeks)
    made = outcome(history(world), int(END.timestamp()))
    whose = np.arange(len(made.customers))
    told = came_true(Label("no purchase", weeks), made, whose, np.full(len(whose), int(at.timestamp())))
    for customer, said in zip(made.customers, told, strict=True):
        came = any(
            event.subject == customer and isinstance(event.data, OrderPaid) and at <= event.time < until
            for event in world
        )
        assert said == (OPEN if until > END + timedelta(hours=2) else FALSE if came else TRUE)
