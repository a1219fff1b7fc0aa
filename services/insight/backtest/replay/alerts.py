"""What was said, put together again: an alert from when it was raised to its end, and each reason within
it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.insight.risk.alert import Change, Eased, Escalated, Raised, Resolved, Withdrawn, ranked
from services.insight.risk.rule import Finding


class Reason(NamedTuple):
    """What one rule found, from when it was said. `chance` is the one stated then; `severity` the worst it
    became. `horizon`: the weeks that the chance speaks of, where the rule says them. `until` None: stands at
    the end."""

    rule: str
    opening: str
    at: datetime
    until: datetime | None
    severity: int
    chance: float | None
    words: str
    observations: int
    horizon: float | None


class Alert(NamedTuple):
    """`reasons` in the order in which they joined; the first is what it was raised for."""

    customer: str
    id: str
    at: datetime
    ended: datetime | None
    reasons: tuple[Reason, ...]


@dataclass(slots=True)
class _Open:
    id: str
    at: datetime
    past: list[Reason]
    standing: dict[str, Reason]


def alerts(customer: str, changes: Iterable[Change]) -> list[Alert]:
    """Of one customer's changes, in order."""
    told: list[Alert] = []
    now: _Open | None = None
    for change in changes:
        match change:
            case Raised(alert=id, at=at, findings=findings):
                now = _Open(id, at, [], {})
                _meet(now, findings, at)
            case Escalated(at=at, findings=findings) | Eased(at=at, findings=findings) if now:
                _meet(now, findings, at)
            case Resolved(at=at) | Withdrawn(at=at) if now:
                told.append(_closed(customer, now, at))
                now = None
    return [*told, _closed(customer, now, None)] if now else told


def _meet(now: _Open, findings: Mapping[str, Finding], at: datetime) -> None:
    for rule in [name for name, stands in now.standing.items() if _is_over(findings.get(name), stands)]:
        now.past.append(now.standing.pop(rule)._replace(until=at))
    for rule, finding in ranked(findings):
        if stands := now.standing.get(rule):
            now.standing[rule] = stands._replace(severity=max(stands.severity, finding.severity))
        else:
            now.standing[rule] = _reason(rule, finding, at)


def _is_over(finding: Finding | None, stands: Reason) -> bool:
    return finding is None or finding.opening != stands.opening


def _reason(rule: str, finding: Finding, at: datetime) -> Reason:
    chance, horizon = finding.chance, finding.measures.get("horizon_weeks")
    return Reason(
        rule, finding.opening, at, None, finding.severity, None if chance is None else float(chance),
        finding.words, finding.observations, None if horizon is None else float(horizon),
    )  # fmt: skip


def _closed(customer: str, now: _Open, at: datetime | None) -> Alert:
    left = [each._replace(until=at) for each in now.standing.values()]
    reasons = sorted([*now.past, *left], key=lambda each: each.at)
    return Alert(customer, now.id, now.at, at, tuple(reasons))
