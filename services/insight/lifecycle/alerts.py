"""The alerts of one customer as far as anything can be done about them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from shared.contracts.event import Event
from shared.contracts.fact import Fact
from shared.contracts.insight import (
    AlertAcknowledged,
    AlertOutcomeRecorded,
    AlertSnoozed,
    ChurnRiskRaised,
    ChurnRiskResolved,
    ChurnRiskWithdrawn,
)

ESCALATED = "insight.churn_risk_escalated"
"""It is heard of again, whoever snoozed it: it is another thing by now."""
HORIZON = "horizon_weeks"
"""The measure of a reason that says for how many weeks of absence its chance is stated."""


class Stand(Enum):
    """How an alert is by what was judged."""

    STANDS = "stands"
    RESOLVED = "is resolved"
    WITHDRAWN = "is withdrawn"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. `over` is when its horizon has passed, None where its rules have none; `outcome` is
    what counts, and `said_by` is None where the log said so."""

    stand: Stand
    over: datetime | None = None
    acknowledged_by: str | None = None
    snoozed_until: datetime | None = None
    outcome: str | None = None
    said_by: str | None = None

    def is_snoozed(self, at: datetime) -> bool:
        return self.snoozed_until is not None and at < self.snoozed_until


@dataclass(frozen=True, slots=True)
class Alerts:
    """By id, all that were ever raised."""

    by_id: Mapping[str, Alert] = field(default_factory=dict)

    def changed(self, alert_id: str, alert: Alert) -> "Alerts":
        return Alerts({**self.by_id, alert_id: alert})


def evolve(alerts: Alerts, fact: Fact, at: datetime) -> Alerts:
    """After a fact of the customer's stream, of that moment; those of other things change nothing."""
    before = alerts.by_id.get(getattr(fact, "alert_id", ""))
    if isinstance(fact, ChurnRiskRaised):
        return alerts.changed(fact.alert_id, _raised(before, over(fact, at)))
    after = _after(before, fact) if before else None
    return alerts.changed(fact.alert_id, after) if after else alerts  # type: ignore[attr-defined]


def over(raised: ChurnRiskRaised, at: datetime) -> datetime | None:
    """When the absence that an alert foretold at that moment has come true."""
    weeks = raised.measures.get(HORIZON)
    return None if weeks is None else at + timedelta(weeks=weeks)


def replay(events: Iterable[Event]) -> Alerts:
    """Fold a customer's whole stream."""
    alerts = Alerts()
    for event in events:
        alerts = evolve(alerts, event.data, event.time)
    return alerts


def _raised(before: Alert | None, over: datetime | None) -> Alert:
    """One that is raised again after it was withdrawn is the same: what people did and said of it stays."""
    if before is None:
        return Alert(Stand.STANDS, over)
    outcome = before.outcome if before.said_by else None
    return replace(before, stand=Stand.STANDS, over=over, outcome=outcome)


def _after(alert: Alert, fact: Fact) -> Alert | None:
    match fact:
        case ChurnRiskResolved():
            return replace(alert, stand=Stand.RESOLVED)
        case ChurnRiskWithdrawn():
            return replace(alert, stand=Stand.WITHDRAWN)
        case AlertAcknowledged(by=by):
            return replace(alert, acknowledged_by=by)
        case AlertSnoozed(until=until):
            return replace(alert, snoozed_until=until)
        case AlertOutcomeRecorded(outcome=outcome, by=by):
            return replace(alert, outcome=outcome, said_by=by)
        case _:
            return replace(alert, snoozed_until=None) if fact.type == ESCALATED else None
