"""Alerts as facts: their proof, whose trace they continue, and what earlier facts said."""

from datetime import datetime

import pytest

from services.insight.alerts import Hinge, Statement, recorded, statement, told, types_heard
from services.insight.judging.evidence import Evidence
from services.insight.risk.alert import Change, Eased, Escalated, Raised, Resolved, Withdrawn
from services.insight.risk.calendar import Calendar
from services.insight.risk.carry import Spoken
from services.insight.risk.difference import Said
from services.insight.risk.rule import Condition, Finding, Standard
from services.insight.risk.rules import RULES
from services.insight.risk.standards import Adopted, InForce, Standards
from shared.contracts.event import Event
from shared.contracts.insight import (
    INSIGHT,
    ChurnRiskEased,
    ChurnRiskEscalated,
    ChurnRiskRaised,
    ChurnRiskResolved,
    ChurnRiskWithdrawn,
    Clause,
    Money,
)
from shared.contracts.reading import read
from tests.example_facts import event, paid, raised, resolved, withdrawn
from tests.scenario import day

STANDARDS = Standards(
    Calendar(day(0).toordinal()),
    tuple(Adopted(rule, (InForce(1, Standard(None, 3, None, f"{rule.name}-fit")),)) for rule in RULES),
)
GAP = Finding(
    "2026-01-11", day(10), 1, 0.8, "80 days since the last purchase", (Condition("days", 80, ">=", 75),),
    {"days": 80.0}, observations=6,
)  # fmt: skip
UNPAID = Finding("i1@day 89", day(89), 2, None, "an invoice unpaid", (), {"tries": 3.0}, observations=2)
BOTH = {"unusual_gap": GAP, "payment_failing": UNPAID}


def parent(number: int) -> str:
    return f"00-{number:032x}-{number:016x}-01"


def bought(number: int, at: float) -> Evidence:
    return Evidence(day(at), f"p{number}", b"%d" % number, parent(number))


def back(at: float) -> Event:
    return event(paid(), at, "back")._replace(traceparent=parent(9))


def stated(change: Change, *rests_on: Evidence, cause: Event | None = None, at: float = 90) -> Statement:
    return statement(Spoken(change, day(at), cause), rests_on, [(700, "EUR"), (5, "JPY")], STANDARDS)


RAISED = Raised("a1", day(90), "unusual_gap", BOTH, None)


def test_a_raised_alert_rests_on_its_evidence_and_names_its_traces() -> None:
    said = stated(RAISED, bought(1, 0), bought(2, 10.5))
    assert isinstance(said.fact, ChurnRiskRaised)
    assert said.fact.evidence == ("p1", "p2")
    assert said.fact.traces == (f"{1:032x}", f"{2:032x}")
    assert (said.at, said.hinge) == (day(90), Hinge("p2", b"2", parent(2)))


def test_a_raised_alert_says_by_which_rule_and_parameters_and_what_they_gave() -> None:
    fact = stated(RAISED).fact
    assert isinstance(fact, ChurnRiskRaised)
    assert (fact.alert_id, fact.rule) == ("a1", "unusual_gap")
    assert (fact.rule_version, fact.params_version) == ("unusual_gap-3", "unusual_gap-fit")
    assert fact.opened_on == day(10).date().isoformat()
    assert fact.clauses == (Clause(name="days", value=80, operator=">=", bound=75),)
    assert fact.measures == {"days": 80.0}


def test_its_reasons_are_all_that_stand_the_heaviest_first_and_it_says_what_is_at_risk() -> None:
    fact = stated(RAISED).fact
    assert isinstance(fact, ChurnRiskRaised)
    assert [each.rule for each in fact.reasons] == ["payment_failing", "unusual_gap"]
    assert (fact.severity, fact.confidence) == (2, "medium")
    assert fact.value_at_risk == (Money(amount=700, currency="EUR"), Money(amount=5, currency="JPY"))
    assert fact.play == next(rule.play for rule in RULES if rule.name == "unusual_gap")


@pytest.mark.parametrize(("own", "confidence"), [(0, "low"), (2, "low"), (3, "medium"), (10, "high")])
def test_confidence_grows_with_the_customers_own_data(own: int, confidence: str) -> None:
    found = {"unusual_gap": GAP._replace(observations=own)}
    fact = stated(Raised("a1", day(90), "unusual_gap", found, None)).fact
    assert isinstance(fact, ChurnRiskRaised)
    assert fact.confidence == confidence


def test_of_what_is_judged_without_a_fit_it_is_said_so() -> None:
    fact = statement(Spoken(RAISED, day(90), None), (), (), _unfitted()).fact
    assert isinstance(fact, ChurnRiskRaised)
    assert (fact.params_version, fact.reasons[0].params_version) == ("none", None)


def _unfitted() -> Standards:
    return Standards(
        STANDARDS.calendar, tuple(Adopted(rule, (InForce(1, Standard(None, 0)),)) for rule in RULES)
    )


def test_an_alert_that_weighs_more_or_less_says_what_stands_now() -> None:
    more = stated(Escalated("a1", day(90), BOTH, None), bought(1, 0)).fact
    less = stated(Eased("a1", day(90), {"unusual_gap": GAP}, back(90)), cause=back(90))
    assert isinstance(more, ChurnRiskEscalated)
    assert (more.severity, len(more.reasons), more.evidence) == (2, 2, ("p1",))
    assert isinstance(less.fact, ChurnRiskEased)
    assert (less.fact.severity, [each.rule for each in less.fact.reasons]) == (1, ["unusual_gap"])
    assert less.hinge == Hinge("back", back(90).key, parent(9))


def test_a_return_is_proved_by_the_event_that_ended_it() -> None:
    said = stated(Resolved("a1", day(95.3), back(95.3)), cause=back(95.3), at=95.3)
    assert said.fact == ChurnRiskResolved(alert_id="a1", returned_at=day(95.3), evidence=("back",))
    assert (said.at, said.hinge) == (day(95.3), Hinge("back", back(95.3).key, parent(9)))


def test_what_time_alone_ended_rests_on_no_event() -> None:
    said = stated(Resolved("a1", day(95), None), at=95)
    assert said.fact == ChurnRiskResolved(alert_id="a1", returned_at=day(95))
    assert said.hinge is None


def test_a_withdrawal_rests_on_what_was_heard_late() -> None:
    said = stated(Withdrawn("a1", day(95), "late"), cause=back(40), at=95)
    assert said.fact == ChurnRiskWithdrawn(alert_id="a1", reason="late", evidence=("back",))
    assert (said.at, said.hinge) == (day(95), Hinge("back", back(40).key, parent(9)))


def test_evidence_without_a_trace_is_evidence_all_the_same() -> None:
    fact = stated(RAISED, bought(1, 0)._replace(trace=None)).fact
    assert isinstance(fact, ChurnRiskRaised)
    assert (fact.evidence, fact.traces) == (("p1",), ())


def test_evidence_is_asked_of_what_the_rules_that_found_something_hear() -> None:
    assert types_heard(Raised("a1", day(90), "unusual_gap", {"unusual_gap": GAP}, None), STANDARDS) == (
        "order.paid,subscription.cancelled"
    )
    assert "payment.failed" in types_heard(RAISED, STANDARDS)
    assert types_heard(Withdrawn("a1", day(95), "late"), STANDARDS) == ""


def test_the_row_of_a_statement_holds_its_bytes_as_they_are_published() -> None:
    said = stated(RAISED, bought(1, 0))
    row = recorded("alert-anna", 3, "anna", said, 2, day(91), parent(7))
    published = read(row.body, (), INSIGHT)
    assert (published.data, published.time, published.recorded) == (said.fact, day(90), day(91))
    assert (published.subject, published.stream_version, published.traceparent) == ("anna", 3, parent(7))
    assert (published.causation, published.correlation) == ("p1", "p1")
    assert (row.stream, row.version, row.partition, row.key) == ("alert-anna", 3, 2, "anna")


def test_the_same_statement_has_the_same_id_and_the_next_version_another() -> None:
    said = stated(RAISED, bought(1, 0))

    def row_id(version: int, at: datetime) -> str:
        return str(recorded("alert-anna", version, "anna", said, 2, at, None).id)

    assert row_id(1, day(91)) == row_id(1, day(99)) != row_id(2, day(91))


def test_what_facts_said_is_what_the_changes_they_came_from_said() -> None:
    for change in (
        RAISED,
        Escalated("a1", day(90), BOTH, None),
        Eased("a1", day(90), {"unusual_gap": GAP}, None),
    ):
        fact = stated(change).fact
        weights = tuple(sorted((rule, found.severity) for rule, found in change.findings.items()))
        assert told([event(fact, 90)]) == {"a1": [Said(type(change).__name__, day(90), weights)]}


def test_what_facts_said_is_told_by_alert_in_their_order_those_of_a_former_release_included() -> None:
    facts = [
        event(raised("a1"), 60),
        event(resolved("a1"), 70),
        event(raised("a2"), 130),
        event(withdrawn("a2"), 140),
    ]
    assert told(facts) == {
        "a1": [Said("Raised", day(60), ()), Said("Resolved", day(70), ())],
        "a2": [Said("Raised", day(130), ()), Said("Withdrawn", day(140), ())],
    }
