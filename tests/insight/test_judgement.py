"""Many customers judged in one step: who is told what, in which version, and who is due next."""

import pytest

from services.insight.churn.buyer import Buyer, Judged, Raised, Resolved
from services.insight.risk.mbg.mbg import Parameters
from services.insight.churn.policy import Policy
from services.insight.churn.rules import InForce, Rules, Schedule
from services.insight.churn.silence import Silence
from services.insight.churn.weeks import Weeks, morning
from services.insight.judgement import Judgement, Person, stream
from services.insight.known import NOT_BEGUN
from shared.core.store import Timer
from tests.example_facts import on

FIT = InForce(8, "week-8", Parameters(0.525, 6.183, 0.891, 1.614))
HASTY = Rules(Policy(threshold=0.01), Weeks(on(0)), Schedule((FIT,)))
"""One morning of silence is too long."""
BROKEN = Person(2, Buyer(Silence(on(57), None)), version=3)  # type: ignore[arg-type]
"""No row of the ledger should be such; nothing can be judged of it."""
ANNA = Person(2, Buyer(Silence(on(57), on(57)), ahead=(on(59),)), version=4)


def ripe(day: int, customer: str = "anna") -> Timer:
    return Timer(morning(on(day)), stream(customer), 2)


def test_time_fires_what_is_due_and_what_becomes_due_on_the_way() -> None:
    judgement = Judgement(HASTY, {"anna": ANNA})
    judgement.pass_time([ripe(58)], {2: Judged(on(61), 8)})
    said = [(version, type(change)) for _, version, change in judgement.numbered()]
    assert said == [(5, Raised), (6, Resolved), (7, Raised)]
    assert [c.alert.raised_on for _, c in judgement.told if isinstance(c, Raised)] == [on(58), on(60)]
    assert judgement.touched["anna"].version == 7
    assert judgement.timers == {stream("anna"): (2, None)}


def test_what_becomes_due_later_waits() -> None:
    judgement = Judgement(HASTY, {"anna": ANNA})
    judgement.pass_time([ripe(58)], {2: Judged(on(59), 8)})
    assert [type(change) for _, change in judgement.told] == [Raised, Resolved]
    assert judgement.timers == {stream("anna"): (2, morning(on(60)))}


def test_of_several_the_earliest_speaks_first_and_of_one_morning_by_name() -> None:
    people = {name: Person(2, Buyer(Silence(on(57), on(57)))) for name in ("ben", "cleo", "anna")}
    judgement = Judgement(HASTY, people)
    judgement.pass_time([ripe(59, "ben"), ripe(58, "cleo"), ripe(58, "anna")], {2: Judged(on(61), 8)})
    assert [customer for customer, _ in judgement.told] == ["anna", "cleo", "ben"]


def test_before_the_calendar_opens_purchases_are_kept_and_nobody_is_due() -> None:
    judgement = Judgement(None, {})
    assert judgement.hear("anna", 2, [on(1), on(0)], NOT_BEGUN)
    assert judgement.touched["anna"].buyer.ahead == (on(0), on(1))
    assert judgement.timers == {stream("anna"): (2, None)}


def test_a_late_purchase_is_not_heard_and_asks_for_a_revision() -> None:
    judgement = Judgement(HASTY, {"anna": ANNA})
    assert not judgement.hear("anna", 2, [on(50)], Judged(on(57), 8))
    assert judgement.touched == {}


def test_at_a_boundary_everyone_watched_is_told_when_they_are_due() -> None:
    judgement = Judgement(HASTY, {})
    judgement.enter_week({"anna": Person(2, Buyer(Silence(on(50), on(55))))}, 2, Judged(on(55), 8))
    judgement.enter_week({"ben": Person(3)}, 3, Judged(on(55), 8))
    assert judgement.timers == {stream("anna"): (2, morning(on(56)))}


def test_of_whom_judging_raises_nothing_is_kept_and_all_others_are_judged() -> None:
    people = {name: Person(2, Buyer(Silence(on(57), on(57))), version=1) for name in ("anna", "ben", "cleo")}
    judgement = Judgement(HASTY, people | {"ben": BROKEN})
    judgement.pass_time([ripe(58, name) for name in people], {2: Judged(on(61), 8)})
    assert [customer for customer, _ in judgement.told] == ["anna", "cleo"]
    assert judgement.touched.keys() == {"anna", "cleo"}
    [aside] = judgement.set_aside(morning(on(61)))
    assert (aside.stream, aside.partition, aside.version) == (stream("ben"), 2, 3)
    assert aside.reason.startswith("TypeError")
    assert judgement.outcomes == [False, True, False]


def test_a_purchase_of_such_a_customer_is_no_reason_to_revise() -> None:
    judgement = Judgement(HASTY, {"anna": BROKEN})
    assert judgement.hear("anna", 2, [on(60)], Judged(on(57), 8))
    assert judgement.failed.keys() == {"anna"}
    assert (judgement.touched, judgement.timers) == ({}, {})


def test_at_a_boundary_who_fails_is_found_among_many() -> None:
    people = {f"c{n}": Person(2, Buyer(Silence(on(50), on(55)))) for n in range(9)}
    judgement = Judgement(HASTY, {})
    judgement.enter_week(people | {"c4": BROKEN}, 2, Judged(on(56), 8))
    judgement.enter_week({}, 3, Judged(on(56), 8))
    assert [(aside.stream, aside.version) for aside in judgement.set_aside(morning(on(56)))] == [
        (stream("c4"), 3)
    ]
    assert judgement.timers.keys() == {stream(name) for name in people if name != "c4"}
    assert sorted(judgement.outcomes) == [False] * 8 + [True]


def test_a_release_without_a_library_sets_nobody_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(*_: object) -> None:
        raise ImportError("numpy")

    monkeypatch.setattr("services.insight.judgement.judge", lacking)
    with pytest.raises(ImportError):
        Judgement(HASTY, {"anna": ANNA}).pass_time([ripe(58)], {2: Judged(on(61), 8)})
