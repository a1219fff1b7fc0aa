"""A backtest walks as the live rules do, and comes to the same in parts."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.insight.backtest.replay.alerts import Alert, alerts
from services.insight.backtest.replay.walked import joined, judged, walked
from services.insight.risk.alert import Eased, Escalated, Raised, Resolved
from services.insight.risk.rule import Finding
from services.insight.risk.rules import RULES
from services.insight.risk.walk import nobody, order, walk_through
from shared.contracts.event import Event
from tests.insight.backtest.made import history, worlds
from tests.insight.risk.logs import END, ORIGIN, standards


def one_by_one(world: list[Event]) -> list[Alert]:
    found = []
    for customer in sorted({event.subject for event in world}):
        own = sorted((event for event in world if event.subject == customer), key=order)
        found += alerts(customer, walk_through(customer, nobody(RULES), own, ORIGIN, END, standards())[1])
    return found


@given(worlds)
@settings(max_examples=60, deadline=None)
def test_walked_together_is_walked_one_by_one(world: list[Event]) -> None:
    assert walked(history(world), judged(standards()), ORIGIN, END, None, None).alerts == one_by_one(world)


@given(worlds, st.integers(1, 40), st.integers(10, 390))
@settings(max_examples=40, deadline=None)
def test_parts_come_to_the_same_whatever_their_size(world: list[Event], rows: int, day: int) -> None:
    made, at = judged(standards()), ORIGIN + timedelta(days=day)
    whole = walked(history(world), made, ORIGIN, END, at, None)
    parts = [walked(each, made, ORIGIN, END, at, None) for each in history(world).parts(rows)]
    together = joined(parts)
    assert together.alerts == whole.alerts
    assert together.snapshot is not None
    assert whole.snapshot is not None
    assert together.snapshot.whose == whole.snapshot.whose
    for rule, scores in whole.snapshot.scores.items():
        assert list(together.snapshot.scores[rule]) == list(scores)


@given(worlds)
@settings(max_examples=20, deadline=None)
def test_a_policy_against_itself_changes_nothing(world: list[Event]) -> None:
    made = judged(standards())
    both = walked(history(world), made, ORIGIN, END, None, made)
    assert both.before == both.alerts
    assert both.news == {}


def found(opening: str, severity: int) -> Finding:
    return Finding(opening, ORIGIN, severity, None, "words", (), {})


def test_an_alert_is_put_together_again_with_its_reasons() -> None:
    at = [ORIGIN + timedelta(days=day) for day in range(6)]
    told = alerts(
        "c",
        [
            Raised("a", at[0], "silence", {"silence": found("s1", 1)}, None),
            Escalated("a", at[1], {"silence": found("s1", 2), "use": found("u1", 1)}, None),
            Eased("a", at[2], {"use": found("u1", 1)}, None),
            Resolved("a", at[3], None),
            Raised("b", at[4], "use", {"use": found("u2", 1)}, None),
        ],
    )
    assert [(each.id, each.at, each.ended) for each in told] == [("a", at[0], at[3]), ("b", at[4], None)]
    assert [(each.rule, each.at, each.until, each.severity) for each in told[0].reasons] == [
        ("silence", at[0], at[2], 2),
        ("use", at[1], at[3], 1),
    ]
