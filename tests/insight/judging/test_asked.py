"""Of whom judging raises: nothing of them is kept, and all others are judged."""

from collections.abc import Callable
from typing import Any

import pytest

from services.insight.judging import asked, judgement
from services.insight.judging.frontier import Frontier
from services.insight.judging.judgement import Judgement
from services.insight.judging.people import Row, stream, unheard
from services.insight.risk.carry import Coming, Kept
from services.insight.risk.rules import RULES
from services.insight.risk.rules.payment_failing import PAYMENT_FAILING
from services.insight.risk.walk import nobody
from shared.contracts.event import Event
from tests.insight.judging.test_judgement import (
    FAILED,
    STANDARDS,
    UNPAID,
    WEEK,
    entered,
    judged,
    passed,
    said,
    unpaid_since,
)
from tests.scenario import day


@pytest.fixture
def bad(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Customers of whom judging raises."""
    names = {"ben"}

    def raising(asked: Callable[..., Any]) -> Callable[..., Any]:
        def of(customer: str, *rest: Any) -> Any:
            if customer in names:
                raise ZeroDivisionError("a rule divides by nothing")
            return asked(customer, *rest)

        return of

    for name in ("carry", "revise", "speaks"):
        monkeypatch.setattr(judgement, name, raising(getattr(judgement, name)))
    return names


THREE = ("anna", "ben", "cleo")


def test_of_whom_judging_raises_nothing_is_kept_and_all_others_are_judged(bad: set[str]) -> None:
    made = Judgement(STANDARDS, {name: UNPAID._replace(version=3) for name in THREE})
    made.pass_time(THREE, {2: judged(11)}, lambda _: judged(8))
    assert made.said.keys() == made.touched.keys() == {"anna", "cleo"}
    assert made.timers.keys() == {stream("anna"), stream("cleo")}
    [aside] = made.set_aside(day(11))
    assert (aside.stream, aside.partition, aside.version) == (stream("ben"), 2, 3)
    assert aside.reason.startswith("ZeroDivisionError")
    assert made.outcomes == [False, True, False]


def test_what_is_heard_of_such_a_one_is_not_kept_either(bad: set[str]) -> None:
    made = Judgement(STANDARDS, {})
    made.hear({name: [said(FAILED, 9)] for name in THREE}, dict.fromkeys(THREE, 2), lambda _: judged(8))
    assert made.failed.keys() == {"ben"}
    assert made.touched.keys() == {"anna", "cleo"}


def test_at_a_boundary_who_fails_is_found_among_many(bad: set[str]) -> None:
    made = entered({name: unpaid_since(6.5) for name in THREE})
    made.enter({}, 3, Frontier(STANDARDS.end_of(0), WEEK))
    assert [(aside.stream, aside.version) for aside in made.set_aside(day(7))] == [(stream("ben"), 3)]
    assert made.timers.keys() == {stream("anna"), stream("cleo")}
    assert sorted(made.outcomes) == [False, False, True]


def unfoldable(event: Event) -> Row:
    """What such a rule keeps cannot take in another event."""
    row = unheard(2)
    states = tuple((None,) if rule is PAYMENT_FAILING else rule.initial for rule in RULES)
    kept = Kept(nobody(RULES)._replace(states=states), day(5), (Coming(event.time, event),))
    return row._replace(kept=kept, version=3)


def test_whose_own_events_cannot_be_folded_harms_nobody_when_they_are_heard() -> None:
    made = Judgement(STANDARDS, {"ben": unfoldable(said(FAILED, 9).event)})
    made.hear({name: [said(FAILED, 9.5)] for name in THREE}, dict.fromkeys(THREE, 2), lambda _: judged(8))
    assert made.failed.keys() == {"ben"}
    assert made.timers.keys() == {stream("anna"), stream("cleo")}


def test_whose_own_events_cannot_be_folded_harms_nobody_at_a_boundary() -> None:
    made = entered({"anna": unpaid_since(6.5), "ben": unfoldable(said(FAILED, 6).event)})
    assert made.failed.keys() == {"ben"}
    assert made.timers.keys() == {stream("anna")}
    assert [aside.version for aside in made.set_aside(day(7))] == [3]


def test_where_asking_all_together_fails_each_is_asked_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(asked, "coming", failing)
    made = entered({"anna": unpaid_since(6.5), "ben": unheard(2)})
    assert made.failed == {}
    assert made.timers == {stream("anna"): (2, day(7.5)), stream("ben"): (2, None)}


@pytest.mark.parametrize("error", [ImportError("numpy"), MemoryError()])
def test_a_release_or_a_machine_at_fault_sets_nobody_aside(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def lacking(*_: object) -> None:
        raise error

    monkeypatch.setattr(judgement, "carry", lacking)
    with pytest.raises(type(error)):
        passed(UNPAID, 11)
