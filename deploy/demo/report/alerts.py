"""Alerts as insight's facts tell them: what was raised, and what became of it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from shared.contracts.event import Event
from shared.contracts.insight import (
    ChurnRiskEased,
    ChurnRiskEscalated,
    ChurnRiskRaised,
    ChurnRiskResolved,
    ChurnRiskWithdrawn,
    Reason,
)
from shared.contracts.policies import ModelFitted

State = Literal["standing", "resolved", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Alert:
    """Raised for its `reasons` at `raised_at`; `ended_at` is when the customer came back."""

    id: str
    customer: str
    raised_at: datetime
    state: State = "standing"
    ended_at: datetime | None = None
    params_version: str = ""
    rule: str = ""
    reasons: tuple[str, ...] = ()
    chance: float | None = None


def fold(facts: Iterable[Event]) -> list[Alert]:
    """Every alert once, in the state its last fact left it; facts of one customer come in their order."""
    alerts: dict[str, Alert] = {}
    for event in facts:
        match event.data:
            case ChurnRiskRaised() as raised:
                alerts[raised.alert_id] = _raised(event, raised)
            case ChurnRiskEscalated(alert_id=id) | ChurnRiskEased(alert_id=id) as now if id in alerts:
                alerts[id] = replace(alerts[id], **_why(now.reasons))
            case ChurnRiskResolved(alert_id=id, returned_at=moment) if id in alerts:
                alerts[id] = replace(alerts[id], state="resolved", ended_at=moment)
            case ChurnRiskWithdrawn(alert_id=id) if id in alerts:
                alerts[id] = replace(alerts[id], state="withdrawn", ended_at=event.time)
    return list(alerts.values())


def _raised(event: Event, raised: ChurnRiskRaised) -> Alert:
    new = Alert(raised.alert_id, event.subject, event.time)
    return replace(new, params_version=raised.params_version, rule=raised.rule, **_why(raised.reasons))


def _why(reasons: Sequence[Reason]) -> dict[str, Any]:
    """All reasons that stand in words, and the first chance that is stated."""
    chance = next((each.chance for each in reasons if each.chance is not None), None)
    return {"reasons": tuple(each.words for each in reasons), "chance": chance}


def standing(alerts: Iterable[Alert]) -> list[Alert]:
    return [alert for alert in alerts if alert.state == "standing"]


def sha256_of(alerts: Iterable[Alert]) -> str:
    """One figure for a whole set of alerts: sha256 over their sorted ids, joined by newlines."""
    return hashlib.sha256("\n".join(sorted(alert.id for alert in alerts)).encode()).hexdigest()


def fits(facts: Iterable[Event]) -> dict[int, ModelFitted]:
    """What the silence rule judged by, by the week from whose boundary on it did."""
    said = (event.data for event in facts)
    return {fact.week: fact for fact in said if isinstance(fact, ModelFitted) and fact.rule == "silence"}


def model_of_week(fits: Mapping[int, ModelFitted], week: int) -> dict[str, object] | None:
    """What judged in that week; None: nothing did."""
    known = [each for each in fits if each <= week]
    return fits[max(known)].model_dump(mode="json") if known else None
