"""One alert a customer: which findings stand, and what was said of them. Changes are facts to be."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from services.insight.risk.rule import Finding, Open
from shared.contracts.event import Event

ALERTS = UUID("6f1c7f0e-5d0b-5a57-9d6a-3f2f6f0c9a11")


class Raised(NamedTuple):
    """The first finding; the alert is named after it."""

    alert: str
    at: datetime
    rule: str
    findings: Mapping[str, Finding]
    cause: Event | None


class Escalated(NamedTuple):
    """A reason has joined, or one weighs more."""

    alert: str
    at: datetime
    findings: Mapping[str, Finding]
    cause: Event | None


class Eased(NamedTuple):
    """A reason has gone or weighs less; others stand."""

    alert: str
    at: datetime
    findings: Mapping[str, Finding]
    cause: Event | None


class Resolved(NamedTuple):
    """No reason is left. Without a cause it was time alone that took the last."""

    alert: str
    at: datetime
    cause: Event | None


class Withdrawn(NamedTuple):
    """What was said no longer follows."""

    alert: str
    at: datetime
    reason: str


Change = Raised | Escalated | Eased | Resolved | Withdrawn
Standing = Mapping[str, Open]
"""By rule, what stands."""


def alert_id(rule: str, customer: str, opening: str) -> str:
    """The same for the same episode, whenever, however often and under whatever policy it is judged."""
    return str(uuid5(ALERTS, f"{rule}|{customer}|{opening}"))


def ranked(findings: Mapping[str, Finding]) -> list[tuple[str, Finding]]:
    """The heaviest first; of the same weight the likelier, then by name."""
    return sorted(findings.items(), key=lambda each: (-each[1].severity, -(each[1].chance or 0.0), each[0]))


def changed(
    customer: str, alert: str | None, before: Standing, findings: Mapping[str, Finding], at: datetime,
    cause: Event | None,
) -> Sequence[Change]:  # fmt: skip
    """What is to be said when these findings take the place of those that stood, if anything is.

    A finding with another opening is another episode: what stood before it has ended at the same moment.
    """
    if alert is None:
        if not findings:
            return ()
        rule, first = ranked(findings)[0]
        return (Raised(alert_id(rule, customer, first.opening), at, rule, findings, cause),)
    if not findings:
        return (Resolved(alert, at, cause),)
    weight_before = {rule: each.severity for rule, each in before.items()}
    weight = {rule: each.severity for rule, each in findings.items()}
    if weight == weight_before:
        return ()
    joined = any(weight[rule] > weight_before.get(rule, 0) for rule in weight)
    kind = Escalated if joined and max(weight.values()) >= max(weight_before.values()) else Eased
    return (kind(alert, at, findings, cause),)
