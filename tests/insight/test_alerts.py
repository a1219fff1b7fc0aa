"""Alerts as facts: their proof, whose trace they continue, and what earlier facts left."""

from datetime import date, datetime, timedelta

from services.insight.alerts import MOST_EVIDENCE, Purchase, recorded, statement, told
from services.insight.churn.alert import Alert
from services.insight.churn.buyer import Raised, Resolved, Withdrawn
from services.insight.risk.mbg.mbg import Parameters
from services.insight.churn.policy import Policy
from services.insight.churn.revise import Told
from services.insight.churn.rules import InForce
from services.insight.churn.silence import Silence
from shared.contracts.insight import INSIGHT, ChurnRiskRaised, ChurnRiskResolved, ChurnRiskWithdrawn
from shared.contracts.reading import read
from tests.example_facts import event, on, paid, raised, resolved, withdrawn
from tests.scenario import day

BY = InForce(8, "week-8", Parameters(0.525, 6.183, 0.891, 1.614))
ALERT = Alert("a1", "anna", Silence(on(0), on(10), 1), on(90), None, Policy(), BY)


def parent(number: int) -> str:
    return f"00-{number:032x}-{number:016x}-01"


def bought(number: int, at: float, offset: int = -1) -> Purchase:
    return Purchase(day(at), f"p{number}", parent(number), offset)


def test_a_raised_alert_rests_on_the_purchases_up_to_its_silence_and_names_their_traces() -> None:
    said = statement(Raised(ALERT), [bought(1, 0), bought(2, 10.5), bought(3, 95)], on(95))
    assert isinstance(said.fact, ChurnRiskRaised)
    assert said.fact.evidence == ("p1", "p2")
    assert said.fact.traces == (f"{1:032x}", f"{2:032x}")
    assert (said.at, said.parent) == (day(90), parent(2))


def test_a_raised_alert_says_by_which_rule_and_parameters_and_what_they_gave() -> None:
    fact = statement(Raised(ALERT), [bought(1, 0)], on(90)).fact
    assert isinstance(fact, ChurnRiskRaised)
    assert (fact.alert_id, fact.rule_version, fact.params_version) == ("a1", "silence-1", "week-8")
    assert (fact.opened_on, fact.clauses) == (on(10).isoformat(), ALERT.clauses())
    assert fact.measures["alpha"] == 6.183


def test_of_many_purchases_the_newest_are_kept_as_evidence() -> None:
    fact = statement(Raised(ALERT), [bought(n, n / 100) for n in range(200)], on(90)).fact
    assert isinstance(fact, ChurnRiskRaised)
    assert len(fact.evidence) == MOST_EVIDENCE
    assert (fact.evidence[0], fact.evidence[-1]) == ("p100", "p199")


def test_a_return_is_proved_by_the_purchase_of_its_day_that_came_first() -> None:
    purchases = [bought(1, 0, 1), bought(10, 95.3, 8), bought(9, 95.3, 7), bought(4, 96, 6)]
    said = statement(Resolved("a1", on(95)), purchases, on(95))
    assert said.fact == ChurnRiskResolved(alert_id="a1", returned_at=day(95.3), evidence=("p9",))
    assert (said.at, said.parent) == (day(95.3), parent(9))


def test_a_withdrawal_holds_from_how_far_was_judged_and_rests_on_all_that_is_known() -> None:
    said = statement(Withdrawn("a1", "late"), [bought(1, 0), bought(2, 40)], on(95))
    assert said.fact == ChurnRiskWithdrawn(alert_id="a1", reason="late", evidence=("p1", "p2"))
    assert (said.at, said.parent) == (day(95), None)


def test_a_purchase_without_a_trace_is_evidence_all_the_same() -> None:
    fact = statement(Raised(ALERT), [Purchase(day(0), "p1", None)], on(90)).fact
    assert isinstance(fact, ChurnRiskRaised)
    assert (fact.evidence, fact.traces) == (("p1",), ())


def test_the_row_of_a_statement_holds_its_bytes_as_they_are_published() -> None:
    said = statement(Raised(ALERT), [bought(1, 0)], on(90))
    row = recorded("silence-anna", 3, "anna", said, 2, event(paid(), 90, "heartbeat"), day(91), parent(7))
    published = read(row.body, (), INSIGHT)
    assert (published.data, published.time, published.recorded) == (said.fact, day(90), day(91))
    assert (published.subject, published.stream_version, published.traceparent) == ("anna", 3, parent(7))
    assert (published.causation, published.correlation) == ("heartbeat", "p1")
    assert (row.stream, row.version, row.partition, row.key) == ("silence-anna", 3, 2, "anna")


def test_the_same_statement_has_the_same_id_and_the_next_version_another() -> None:
    said = statement(Raised(ALERT), [bought(1, 0)], on(90))

    def row_id(version: int, at: datetime) -> str:
        return str(recorded("silence-anna", version, "anna", said, 2, None, at, None).id)

    assert row_id(1, day(91)) == row_id(1, day(99)) != row_id(2, day(91))


def test_what_facts_leave_is_who_stands_and_who_returned() -> None:
    facts = [event(raised("a1"), 60), event(resolved("a1"), 70), event(raised("a2"), 130)]
    assert told(facts) == {"a1": Told(on(60), True), "a2": Told(on(130), False)}


def test_a_withdrawn_alert_is_gone_until_it_is_raised_again_on_another_morning() -> None:
    facts = [event(raised("a1"), 60), event(resolved("a1"), 65), event(withdrawn("a1"), 70)]
    assert told(facts) == {}
    assert told([*facts, event(raised("a1"), 80)]) == {"a1": Told(date(2026, 1, 1) + timedelta(80), False)}
