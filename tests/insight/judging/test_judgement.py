"""Many customers judged in one step: who is told what, who is due next, and of whom nothing is kept."""

from collections.abc import Sequence

from services.insight.judging.frontier import Frontier
from services.insight.judging.judgement import REBUILT, Judgement
from services.insight.judging.people import Row, stream, unheard
from services.insight.risk.alert import Change, Escalated, Raised, Resolved, Withdrawn
from services.insight.risk.calendar import Calendar
from services.insight.risk.carry import LATE, Coming, Kept, Spoken
from services.insight.risk.difference import Said, said_of
from services.insight.risk.rule import Standard
from services.insight.risk.rules import RULES
from services.insight.risk.rules.payment_failing import PAYMENT_FAILING
from services.insight.risk.standards import MICROSECOND, Adopted, InForce, Standards
from services.insight.risk.walk import nobody
from shared.contracts.event import Event
from shared.contracts.fact import Fact
from shared.contracts.signals import PaymentFailed, PaymentRecovered
from tests.scenario import day

BY_HOURS = InForce(1, Standard(PAYMENT_FAILING.settings(), 0))
"""Told after 24 hours, serious after 96, nearly lost after 240."""
STANDARDS = Standards(
    Calendar(day(0).toordinal()),
    tuple(Adopted(rule, (BY_HOURS,) if rule is PAYMENT_FAILING else ()) for rule in RULES),
)
FAILED, RECOVERED = PaymentFailed(invoice="i1"), PaymentRecovered(invoice="i1")
WEEK = 1


def said(fact: Fact, at: float, known: float | None = None, customer: str = "anna") -> Coming:
    """Known on a later day: it was heard late."""
    event = Event(f"{customer}/{fact.type}@{at}", "/shop", customer, day(at), fact)
    return Coming(day(known if known is not None else at), event)


def judged(at: float) -> Frontier:
    return Frontier(day(at), WEEK)


def heard(*each: Coming, through: float = 8, before: Row | None = None) -> Judgement:
    """Of anna, while her partition is judged up to there."""
    made = Judgement(STANDARDS, {"anna": before} if before else {})
    made.hear({"anna": each}, {"anna": 2}, lambda _: judged(through))
    return made


def passed(row: Row, until: float, before: float = 8, customer: str = "anna") -> Judgement:
    made = Judgement(STANDARDS, {customer: row})
    made.pass_time([customer], {2: judged(until)}, lambda _: judged(before))
    return made


def kinds(spoken: Sequence[Spoken]) -> list[type[Change]]:
    return [type(each.change) for each in spoken]


UNPAID = heard(said(FAILED, 9)).touched["anna"]
"""Anna's payment fails on day 9."""


def test_what_is_heard_waits_for_the_clock_and_it_is_named_when_it_speaks() -> None:
    made = heard(said(FAILED, 9))
    assert made.said == {}
    assert made.timers == {stream("anna"): (2, day(10))}
    assert [each.event.time for each in UNPAID.kept.ahead] == [day(9)]  # type: ignore[union-attr]


def test_time_says_what_is_due_and_what_becomes_due_on_the_way() -> None:
    made = passed(UNPAID, 13.5)
    assert kinds(made.said["anna"]) == [Raised, Escalated]
    assert [each.change.at for each in made.said["anna"]] == [day(10), day(13)]
    assert made.touched["anna"].kept.through == day(13.5)  # type: ignore[union-attr]
    assert made.timers == {stream("anna"): (2, None)}


def test_what_becomes_due_later_waits() -> None:
    made = passed(UNPAID, 11)
    assert kinds(made.said["anna"]) == [Raised]
    assert made.timers == {stream("anna"): (2, day(13))}


def test_what_ended_before_it_was_due_says_nothing() -> None:
    made = heard(said(RECOVERED, 9.5), before=UNPAID)
    assert made.timers == {stream("anna"): (2, None)}
    assert passed(made.touched["anna"], 12).said.get("anna", []) == []


def test_a_return_is_said_when_the_clock_comes_there_with_its_event_as_cause() -> None:
    stands = passed(UNPAID, 11).touched["anna"]
    made = heard(said(RECOVERED, 12), before=stands, through=11)
    assert made.said == {}
    assert made.timers == {stream("anna"): (2, day(12) + MICROSECOND)}
    [spoken] = passed(made.touched["anna"], 12.5, before=11).said["anna"]
    assert isinstance(spoken.change, Resolved)
    assert spoken.cause is not None
    assert spoken.cause.time == day(12)


def test_before_the_calendar_opens_what_is_heard_is_kept_and_nobody_is_due() -> None:
    made = Judgement(None, {})
    made.hear({"anna": [said(FAILED, 0)]}, {"anna": 2}, lambda _: None)
    assert len(made.touched["anna"].kept.ahead) == 1  # type: ignore[union-attr]
    assert made.timers == {}


def test_what_is_heard_late_asks_for_a_revision_where_it_takes_effect() -> None:
    stands = passed(UNPAID, 11).touched["anna"]
    made = heard(said(RECOVERED, 9.5, known=11), before=stands, through=11)
    assert made.timers == {stream("anna"): (2, day(11) + MICROSECOND)}
    passing = Judgement(STANDARDS, made.touched)
    assert passing.pass_time(["anna"], {2: judged(11.5)}, lambda _: judged(11)) == {"anna": 2}


def told_of(spoken: Sequence[Spoken]) -> dict[str, list[Said]]:
    return {spoken[0].change.alert: [said_of(each.change) for each in spoken]}


def test_a_revision_withdraws_what_no_longer_follows_by_what_was_late() -> None:
    raised = passed(UNPAID, 11)
    late = said(RECOVERED, 9.5, known=11)
    made = Judgement(STANDARDS, heard(late, before=raised.touched["anna"], through=11).touched)
    made.pass_time(["anna"], {2: judged(11.5)}, lambda _: judged(11))
    made.revise("anna", [said(FAILED, 9), late], told_of(raised.said["anna"]), {2: judged(11.5)})
    [spoken] = made.said["anna"]
    assert isinstance(spoken.change, Withdrawn)
    assert (spoken.change.reason, spoken.at, spoken.cause) == (LATE, day(11), late.event)
    assert made.touched["anna"].kept.person.alert is None  # type: ignore[union-attr]


def test_a_revision_that_changes_nothing_says_nothing() -> None:
    raised = passed(UNPAID, 11)
    late = said(PaymentRecovered(invoice="another"), 9.5, known=11)
    made = Judgement(STANDARDS, heard(late, before=raised.touched["anna"], through=11).touched)
    made.pass_time(["anna"], {2: judged(11.5)}, lambda _: judged(11))
    made.revise("anna", [said(FAILED, 9), late], told_of(raised.said["anna"]), {2: judged(11.5)})
    assert made.said["anna"] == []


FORMER = Row(2, None, 1)
"""Kept by other rules, and one fact was told."""


def test_who_was_kept_by_other_rules_is_judged_anew_as_time_passes() -> None:
    made = Judgement(STANDARDS, {"anna": FORMER})
    assert made.pass_time(["anna"], {2: judged(11)}, lambda _: judged(8)) == {"anna": 2}
    old = {"old": [Said("Raised", day(2), ())]}
    made.revise("anna", [said(FAILED, 9), said(RECOVERED, 12)], old, {2: judged(11)})
    withdrawn, raised = made.said["anna"]
    assert isinstance(withdrawn.change, Withdrawn)
    assert (withdrawn.change.alert, withdrawn.change.reason) == ("old", REBUILT)
    assert isinstance(raised.change, Raised)
    assert (raised.change.at, raised.at) == (day(10), day(11))
    assert [each.event.data for each in made.touched["anna"].kept.ahead] == [RECOVERED]  # type: ignore[union-attr]


def test_of_such_a_one_what_is_heard_is_left_to_the_revision() -> None:
    made = heard(said(FAILED, 9), before=FORMER)
    assert made.touched == {}
    assert made.timers == {stream("anna"): (2, day(8))}


def entered(people: dict[str, Row]) -> Judgement:
    made = Judgement(STANDARDS, {})
    made.enter(people, 2, Frontier(STANDARDS.end_of(0), WEEK))
    return made


def unpaid_since(at: float) -> Row:
    person = nobody(RULES)
    state = PAYMENT_FAILING.evolve((), said(FAILED, at).event, STANDARDS.calendar)
    states = tuple(state if rule is PAYMENT_FAILING else rule.initial for rule in RULES)
    return Row(2, Kept(person._replace(states=states), day(5)), version=3)


def test_at_a_boundary_everyone_who_may_speak_in_the_week_is_told_when() -> None:
    ahead = Row(2, Kept(nobody(RULES), day(5), (said(FAILED, 9),)))
    made = entered({"anna": unpaid_since(6.5), "ben": unheard(2), "cleo": ahead, "dora": FORMER})
    assert made.timers == {
        stream("anna"): (2, day(7.5)),
        stream("cleo"): (2, day(10)),
        stream("dora"): (2, STANDARDS.end_of(0)),
    }


def test_of_two_pages_both_are_told() -> None:
    made = entered({"anna": unpaid_since(6.5)})
    made.enter({"ben": unpaid_since(6.75)}, 2, Frontier(STANDARDS.end_of(0), WEEK))
    assert made.timers == {stream("anna"): (2, day(7.5)), stream("ben"): (2, day(7.75))}
