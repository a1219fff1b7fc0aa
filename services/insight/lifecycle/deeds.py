"""What comes of what people do about an alert, and how it ends where nobody says."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from services.insight.lifecycle.alerts import Alert, Alerts, Stand
from shared.contracts.event import Event
from shared.contracts.insight import (
    AlertAcknowledged,
    AlertDeedRefused,
    AlertOutcomeRecorded,
    AlertSnoozed,
)
from shared.contracts.signals import (
    AcknowledgementRecorded,
    OutcomeRecorded,
    SnoozeRecorded,
    SubscriptionCancelled,
)

Deed = AcknowledgementRecorded | SnoozeRecorded | OutcomeRecorded
Fact = AlertAcknowledged | AlertSnoozed | AlertOutcomeRecorded | AlertDeedRefused


def decide(alerts: Alerts, deed: Deed, at: datetime) -> Sequence[Fact]:
    """What is done again says nothing; what cannot be done is a fact, so that whoever did it is told why."""
    alert = alerts.by_id.get(deed.alert_id)
    if why := _objection(alert, deed, at):
        return [AlertDeedRefused(alert_id=deed.alert_id, deed=deed.type, by=deed.by, reason=why)]
    assert alert is not None
    match deed:
        case AcknowledgementRecorded(alert_id=alert_id, by=by):
            return [] if alert.acknowledged_by == by else [AlertAcknowledged(alert_id=alert_id, by=by)]
        case SnoozeRecorded(alert_id=alert_id, until=until, by=by):
            if alert.snoozed_until == until:
                return []
            return [AlertSnoozed(alert_id=alert_id, until=until, by=by)]
        case OutcomeRecorded(alert_id=alert_id, outcome=outcome, by=by):
            if alert.outcome == outcome and alert.said_by:
                return []
            return [AlertOutcomeRecorded(alert_id=alert_id, outcome=outcome, by=by)]
        case _:
            assert_never(deed)


def _objection(alert: Alert | None, deed: Deed, at: datetime) -> str | None:
    if alert is None:
        return "this customer has no such alert: evergreen journey CUSTOMER names those that there are"
    if alert.stand is Stand.WITHDRAWN:
        return "it is withdrawn: it never should have been raised"
    if isinstance(deed, OutcomeRecorded):
        return None
    if alert.stand is Stand.RESOLVED:
        return "it is resolved: nothing is to be done any more, but its outcome may be recorded"
    if isinstance(deed, SnoozeRecorded) and deed.until <= at:
        return "it would be snoozed until a moment that is over"
    return None


def ended(alerts: Alerts, alert_id: str, cause: Event | None) -> Sequence[Fact]:
    """The outcome of an alert that is resolved, because of that event or of time alone.

    A customer who ends the subscription does not come back by that. Whatever is known already stays.
    """
    alert = alerts.by_id.get(alert_id)
    if alert is None or alert.stand is not Stand.RESOLVED or alert.outcome is not None:
        return []
    left = cause is not None and isinstance(cause.data, SubscriptionCancelled)
    return [AlertOutcomeRecorded(alert_id=alert_id, outcome="churned" if left else "returned")]


def due(alerts: Alerts) -> datetime | None:
    """The next moment at which an alert that stands has come true."""
    return min((over for _, over in _open(alerts)), default=None)


def fire(alerts: Alerts, at: datetime) -> Sequence[tuple[Fact, datetime]]:
    """The outcomes of those whose horizon has passed by then, in order, each with the moment when it did."""
    passed = sorted((over, alert_id) for alert_id, over in _open(alerts) if over <= at)
    return [(AlertOutcomeRecorded(alert_id=alert_id, outcome="churned"), over) for over, alert_id in passed]


def _open(alerts: Alerts) -> list[tuple[str, datetime]]:
    """Alerts that stand, whose horizon will pass, and of which nobody knows what became."""
    return [
        (alert_id, alert.over)
        for alert_id, alert in sorted(alerts.by_id.items())
        if alert.stand is Stand.STANDS and alert.over is not None and alert.outcome is None
    ]
