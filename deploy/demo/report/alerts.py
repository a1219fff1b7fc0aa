"""Alerts as insight's facts tell them: what was raised, and what became of it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from shared.contracts.event import Event
from shared.contracts.insight import (
    ChurnRiskRaised,
    ChurnRiskResolved,
    ChurnRiskWithdrawn,
    SilenceModelFitted,
)

State = Literal["standing", "resolved", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Alert:
    """One silence found too long at `raised_at`; `ended_at` is when the customer came back."""

    id: str
    customer: str
    raised_at: datetime
    state: State = "standing"
    ended_at: datetime | None = None
    params_version: str = ""
    rule: str = ""
    threshold: float = 1.0


def fold(facts: Iterable[Event]) -> list[Alert]:
    """Every alert once, in the state its last fact left it; facts of one customer come in their order."""
    alerts: dict[str, Alert] = {}
    for event in facts:
        match event.data:
            case ChurnRiskRaised() as raised:
                alerts[raised.alert_id] = _raised(event, raised)
            case ChurnRiskResolved(alert_id=id, returned_at=moment) if id in alerts:
                alerts[id] = replace(alerts[id], state="resolved", ended_at=moment)
            case ChurnRiskWithdrawn(alert_id=id) if id in alerts:
                alerts[id] = replace(alerts[id], state="withdrawn", ended_at=event.time)
    return list(alerts.values())


def _raised(event: Event, raised: ChurnRiskRaised) -> Alert:
    bound = next((clause.bound for clause in raised.clauses if clause.name == "p_silent"), 1.0)
    return Alert(
        raised.alert_id,
        event.subject,
        event.time,
        "standing",
        None,
        raised.params_version,
        raised.rule,
        bound,
    )


def standing(alerts: Iterable[Alert]) -> list[Alert]:
    return [alert for alert in alerts if alert.state == "standing"]


def sha256_of(alerts: Iterable[Alert]) -> str:
    """One figure for a whole set of alerts: sha256 over their sorted ids, joined by newlines."""
    return hashlib.sha256("\n".join(sorted(alert.id for alert in alerts)).encode()).hexdigest()


def fits(facts: Iterable[Event]) -> dict[int, SilenceModelFitted]:
    """The weekly fits by week; when several tell of one week, they say the same."""
    return {event.data.week: event.data for event in facts if isinstance(event.data, SilenceModelFitted)}


def model_of_week(facts: Mapping[int, SilenceModelFitted], week: int) -> dict[str, object] | None:
    """The fit at that week's boundary and the parameters in force after it; None when there was none."""
    fitted = facts.get(week)
    if fitted is None:
        return None
    in_force = next((fit for fit in facts.values() if fit.params_version == fitted.in_force), None)
    return {
        **fitted.model_dump(mode="json", exclude={"week"}),
        "in_force": None
        if in_force is None
        else in_force.model_dump(include={"params_version", "r", "alpha", "a", "b"}),
    }
