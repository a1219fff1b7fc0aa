"""What people do about alerts: taken while it means something, else refused with the reason, done once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.insight.journey import progress
from services.insight.lifecycle.alerts import ESCALATED, Alerts, evolve, replay
from services.insight.lifecycle.deeds import Deed, decide, due, ended, fire
from shared.contracts.event import Event
from shared.contracts.fact import Fact
from shared.contracts.insight import (
    AlertAcknowledged,
    AlertDeedRefused,
    AlertOutcomeRecorded,
    AlertSnoozed,
    ChurnRiskRaised,
    ChurnRiskResolved,
    ChurnRiskWithdrawn,
)
from shared.contracts.signals import (
    AcknowledgementRecorded,
    OrderPaid,
    OutcomeRecorded,
    SnoozeRecorded,
    SubscriptionCancelled,
)

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Escalated(Fact):
    type = ESCALATED
    alert_id: str


def raised(alert: str = "A", horizon: float | None = 8.0) -> ChurnRiskRaised:
    return ChurnRiskRaised(
        alert_id=alert, rule="silence", rule_version="1", params_version="w", opened_on="2026-02-06",
        clauses=(), measures={} if horizon is None else {"horizon_weeks": horizon}, evidence=(),
    )  # fmt: skip


def resolved(alert: str = "A") -> ChurnRiskResolved:
    return ChurnRiskResolved(alert_id=alert, returned_at=NOON)


def withdrawn(alert: str = "A") -> ChurnRiskWithdrawn:
    return ChurnRiskWithdrawn(alert_id=alert, reason="a purchase arrived late")


def after(*facts: Fact) -> Alerts:
    return replay(Event("e", "s", "C", NOON, fact) for fact in facts)


def acknowledge(by: str = "maria", alert: str = "A") -> AcknowledgementRecorded:
    return AcknowledgementRecorded(alert_id=alert, by=by)


def snooze(days: float) -> SnoozeRecorded:
    return SnoozeRecorded(alert_id="A", until=NOON + days * DAY, by="maria")


def outcome(said: str) -> OutcomeRecorded:
    return OutcomeRecorded(alert_id="A", outcome=said, by="maria")  # type: ignore[arg-type]


def test_an_alert_that_stands_is_acknowledged_once_by_each_who_takes_it_over() -> None:
    [said] = decide(after(raised()), acknowledge(), NOON)
    assert said == AlertAcknowledged(alert_id="A", by="maria")
    assert decide(after(raised(), said), acknowledge(), NOON) == []
    assert decide(after(raised(), said), acknowledge("jo"), NOON) == [
        AlertAcknowledged(alert_id="A", by="jo")
    ]


@pytest.mark.parametrize(
    ("alerts", "deed", "why"),
    [
        (after(), acknowledge(), "this customer has no such alert"),
        (after(raised()), acknowledge(alert="B"), "this customer has no such alert"),
        (after(raised(), withdrawn()), acknowledge(), "it is withdrawn"),
        (after(raised(), withdrawn()), outcome("saved"), "it is withdrawn"),
        (after(raised(), resolved()), acknowledge(), "it is resolved"),
        (after(raised(), resolved()), snooze(3), "it is resolved"),
        (after(raised()), snooze(0), "until a moment that is over"),
    ],
)
def test_what_cannot_be_done_is_refused_by_a_fact_that_says_why(alerts: Alerts, deed: Deed, why: str) -> None:
    [said] = decide(alerts, deed, NOON)
    assert isinstance(said, AlertDeedRefused)
    assert (said.deed, said.by, said.alert_id) == (deed.type, deed.by, deed.alert_id)
    assert why in said.reason


def test_a_snoozed_alert_is_quiet_until_then_or_until_it_grows_more_severe() -> None:
    [said] = decide(after(raised()), snooze(7), NOON)
    assert isinstance(said, AlertSnoozed)
    alerts = after(raised(), said)
    assert decide(alerts, snooze(7), NOON) == []
    assert alerts.by_id["A"].is_snoozed(NOON + 6.9 * DAY)
    assert not alerts.by_id["A"].is_snoozed(NOON + 7 * DAY)
    assert not evolve(alerts, Escalated(alert_id="A"), NOON).by_id["A"].is_snoozed(NOON)


def test_who_comes_back_returned_by_themselves_and_who_cancels_has_churned() -> None:
    alerts = after(raised(), resolved())
    bought = Event("o", "shop", "C", NOON, OrderPaid(order_id="1", amount=1, currency="EUR"))
    left = Event("c", "billing", "C", NOON, SubscriptionCancelled())
    assert ended(alerts, "A", bought) == [AlertOutcomeRecorded(alert_id="A", outcome="returned")]
    assert ended(alerts, "A", None) == [AlertOutcomeRecorded(alert_id="A", outcome="returned")]
    assert ended(alerts, "A", left) == [AlertOutcomeRecorded(alert_id="A", outcome="churned")]
    assert ended(after(raised()), "A", bought) == []


def test_when_its_horizon_has_passed_an_alert_that_stands_has_come_true() -> None:
    alerts = after(raised(), raised("B", horizon=None), raised("C", horizon=9), raised("D"), resolved("D"))
    assert due(alerts) == NOON + 56 * DAY
    assert fire(alerts, NOON + 55 * DAY) == []
    [(said, moment)] = fire(alerts, NOON + 57 * DAY)
    assert (said, moment) == (AlertOutcomeRecorded(alert_id="A", outcome="churned"), NOON + 56 * DAY)
    assert due(evolve(alerts, said, NOON)) == NOON + 63 * DAY
    assert due(after(raised("B", horizon=None))) is None


def test_what_a_person_says_of_the_outcome_stands_above_what_the_log_says() -> None:
    alerts = after(raised(), resolved(), AlertOutcomeRecorded(alert_id="A", outcome="returned"))
    [said] = decide(alerts, outcome("saved"), NOON)
    assert said == AlertOutcomeRecorded(alert_id="A", outcome="saved", by="maria")
    assert decide(after(raised(), said), outcome("saved"), NOON) == []
    assert len(decide(after(raised(), said), outcome("churned"), NOON)) == 1
    assert ended(after(raised(), said, resolved()), "A", None) == []
    assert due(after(raised(), said)) is None
    [confirmed] = decide(alerts, outcome("returned"), NOON)
    assert confirmed == AlertOutcomeRecorded(alert_id="A", outcome="returned", by="maria")


def test_an_alert_that_is_raised_again_keeps_what_people_did_and_forgets_what_the_log_said() -> None:
    seen, log = (
        AlertAcknowledged(alert_id="A", by="jo"),
        AlertOutcomeRecorded(alert_id="A", outcome="churned"),
    )
    again = after(raised(), seen, log, withdrawn(), raised())
    assert (again.by_id["A"].acknowledged_by, again.by_id["A"].outcome) == ("jo", None)
    word = AlertOutcomeRecorded(alert_id="A", outcome="saved", by="jo")
    assert after(raised(), word, withdrawn(), raised()).by_id["A"].outcome == "saved"


def test_a_deed_of_ours_is_no_sign_of_the_customer() -> None:
    bought = Event("o", "shop", "C", NOON, OrderPaid(order_id="1", amount=1, currency="EUR"))
    deeds = [Event(f"d{n}", "crm", "C", NOON + n * DAY, deed) for n, deed in enumerate(DEEDS, 1)]
    assert progress([bought, *deeds])["C"].last_seen == NOON


DEEDS: list[Deed] = [acknowledge(), snooze(9), outcome("saved")]
ANY: list[Fact] = [raised(), resolved(), withdrawn(), Escalated(alert_id="A"), *DEEDS]


@given(st.lists(st.sampled_from(ANY), max_size=10), st.sampled_from(DEEDS))
def test_whatever_came_before_what_is_done_twice_is_said_once(told: list[Fact], deed: Deed) -> None:
    alerts = Alerts()
    for each in told:
        for fact in decide(alerts, each, NOON) if isinstance(each, Deed) else [each]:
            alerts = evolve(alerts, fact, NOON)
    said = decide(alerts, deed, NOON)
    for fact in said:
        alerts = evolve(alerts, fact, NOON)
    refused = [each for each in said if isinstance(each, AlertDeedRefused)]
    assert decide(alerts, deed, NOON) == refused
