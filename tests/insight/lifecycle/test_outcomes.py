"""What became of an alert is said as its moment comes, between what is judged."""

from services.insight.alerts import Statement
from services.insight.lifecycle.alerts import Alerts
from services.insight.lifecycle.outcomes import Judged, with_outcomes
from shared.contracts.event import Event
from shared.contracts.fact import Fact
from shared.contracts.insight import AlertOutcomeRecorded
from shared.contracts.signals import SubscriptionCancelled
from tests.insight.lifecycle.test_deeds import DAY, NOON, after, raised, resolved, withdrawn

CHURNED = AlertOutcomeRecorded(alert_id="A", outcome="churned")
RETURNED = AlertOutcomeRecorded(alert_id="A", outcome="returned")


def said(alerts: Alerts, judged: list[tuple[Fact, float]], until: float) -> list[tuple[Fact, float]]:
    """Each with the day on which it holds; the horizon of what is raised on day 0 passes on day 56."""
    told = [Judged(Statement(fact, NOON + day * DAY, None), None) for fact, day in judged]
    found = with_outcomes(alerts, told, NOON + until * DAY)
    return [(each.fact, (each.at - NOON) / DAY) for each in found]


def test_who_comes_back_before_the_horizon_has_passed_has_returned() -> None:
    assert said(after(raised()), [(resolved(), 55)], 60) == [(resolved(), 55), (RETURNED, 55)]


def test_at_the_horizon_itself_it_has_come_true_whatever_is_judged_at_that_moment() -> None:
    assert said(after(raised()), [(resolved(), 56)], 60) == [(CHURNED, 56), (resolved(), 56)]
    assert said(after(raised()), [], 56) == [(CHURNED, 56)]
    assert said(after(raised()), [], 55.9) == []


def test_what_is_withdrawn_before_does_not_come_true_and_what_is_raised_late_may_at_once() -> None:
    judged: list[tuple[Fact, float]] = [(withdrawn(), 50), (raised("B"), 2)]
    gone, again, late = said(after(raised()), judged, 60)
    assert (gone, again) == ((withdrawn(), 50), (raised("B"), 2))
    assert late == (AlertOutcomeRecorded(alert_id="B", outcome="churned"), 58)


def test_who_ends_the_subscription_has_churned_by_that() -> None:
    left = Event("c", "billing", "C", NOON, SubscriptionCancelled())
    [_, outcome] = with_outcomes(after(raised()), [Judged(Statement(resolved(), NOON, None), left)], NOON)
    assert (outcome.fact, outcome.at) == (CHURNED, NOON)
