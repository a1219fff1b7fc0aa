"""Alerts as facts: what was judged, with its proof; and what earlier facts said. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple, assert_never

from services.insight.judging.evidence import Evidence
from services.insight.risk.alert import Change, Eased, Escalated, Raised, Resolved, Withdrawn, ranked
from services.insight.risk.carry import Spoken
from services.insight.risk.difference import Said
from services.insight.risk.rule import Finding
from services.insight.risk.standards import Standards
from shared.contracts.event import Event, fact_id
from shared.contracts.fact import Fact as AnyFact
from shared.contracts.insight import (
    ChurnRiskEased,
    ChurnRiskEscalated,
    ChurnRiskRaised,
    ChurnRiskResolved,
    ChurnRiskWithdrawn,
    Clause,
    Money,
    Reason,
)
from shared.core.outbox import stored
from shared.core.store import StoredFact
from shared.observe.traceparent import trace_id

SOURCE = "/evergreen/insight"
MOST_EVIDENCE = 100
UNFITTED = "none"
LONGEST = 128
FEW, SOME = 3, 10
"""Own observations below which confidence is low, and from which on it is high."""


class Hinge(NamedTuple):
    """The event that a fact hangs on most: its id, the key by which its sender knows it, its traceparent."""

    id: str
    key: bytes
    trace: str | None


class Statement(NamedTuple):
    """A fact to be stored, when it holds, and what it hangs on, whose trace it continues."""

    fact: AnyFact
    at: datetime
    hinge: Hinge | None


def statement(
    spoken: Spoken, rests_on: Sequence[Evidence], paid: Iterable[tuple[int, str]], standards: Standards
) -> Statement:
    """The fact of what is said; `rests_on` is oldest first, `paid` what the customer has paid within a
    year."""
    change, cause = spoken.change, spoken.cause
    ids = tuple(each.id for each in rests_on)
    hinge = None
    if cause is not None:
        hinge = Hinge(cause.id, cause.key, cause.traceparent)
    elif rests_on:
        hinge = Hinge(rests_on[-1].id, rests_on[-1].key, rests_on[-1].trace)
    match change:
        case Raised():
            fact: AnyFact = _raised(change, rests_on, paid, standards)
        case Escalated(alert_id, at, findings):
            reasons = reasons_of(findings, at, standards)
            fact = ChurnRiskEscalated(
                alert_id=alert_id, severity=_heaviest(reasons), reasons=reasons, evidence=ids
            )
        case Eased(alert_id, at, findings):
            reasons = reasons_of(findings, at, standards)
            fact = ChurnRiskEased(
                alert_id=alert_id, severity=_heaviest(reasons), reasons=reasons, evidence=ids
            )
        case Resolved(alert_id, at):
            ended = (cause.id,) if cause else ()
            fact = ChurnRiskResolved(alert_id=alert_id, returned_at=at, evidence=ended)
        case Withdrawn(alert_id, _, reason):
            fact = ChurnRiskWithdrawn(alert_id=alert_id, reason=reason, evidence=(cause.id,) if cause else ())
        case _:
            assert_never(change)
    return Statement(fact, change.at, hinge)


def _raised(
    change: Raised, rests_on: Sequence[Evidence], paid: Iterable[tuple[int, str]], standards: Standards
) -> ChurnRiskRaised:
    reasons = reasons_of(change.findings, change.at, standards)
    first = next(each for each in reasons if each.rule == change.rule)
    traces = dict.fromkeys(trace for each in rests_on if (trace := trace_id(each.trace)))
    observations = max(each.observations for each in reasons)
    return ChurnRiskRaised(
        alert_id=change.alert,
        rule=change.rule,
        rule_version=first.rule_version,
        params_version=first.params_version or UNFITTED,
        opened_on=first.since.date().isoformat(),
        clauses=first.clauses,
        measures=first.measures,
        evidence=tuple(each.id for each in rests_on),
        traces=tuple(traces),
        severity=_heaviest(reasons),
        reasons=reasons,
        confidence="low" if observations < FEW else "medium" if observations < SOME else "high",
        value_at_risk=tuple(Money(amount=amount, currency=currency) for amount, currency in paid),
        play=next((rule.play for rule in standards.rules if rule.name == change.rule and rule.play), None),
    )


def reasons_of(findings: Mapping[str, Finding], at: datetime, standards: Standards) -> tuple[Reason, ...]:
    """What was found, the heaviest first, each with what judged it."""
    week = standards.calendar.week_of(at)
    judged = {each.rule.name: each.at(week) for each in standards.adopted}
    return tuple(
        Reason(
            rule=rule,
            rule_version=f"{rule}-{by.version if (by := judged[rule]) else 0}",
            params_version=by.model if by else None,
            opening=found.opening[:LONGEST],
            since=found.since,
            severity=found.severity,
            chance=found.chance,
            words=found.words[:LONGEST],
            clauses=tuple(
                Clause(name=each.name, value=each.value, operator=each.operator, bound=each.bound)
                for each in found.conditions
            ),
            measures=dict(found.measures),
            observations=found.observations,
        )
        for rule, found in ranked(findings)
    )


def _heaviest(reasons: Sequence[Reason]) -> int:
    return max(each.severity for each in reasons)


def recorded(
    stream: str, version: int, subject: str, said: Statement, partition: int, at: datetime, trace: str | None
) -> StoredFact:
    """The row of a statement: what it hangs on is its cause and its origin."""
    event = Event(
        id=fact_id("insight", stream, version),
        source=SOURCE,
        subject=subject,
        time=said.at.astimezone(UTC),
        data=said.fact,
        recorded=at,
        causation=said.hinge.id if said.hinge else None,
        correlation=said.hinge.id if said.hinge else None,
        stream_version=version,
        traceparent=trace,
    )
    return stored(event, stream, partition, said.hinge.key if said.hinge else None)


def told(events: Iterable[Event]) -> dict[str, list[Said]]:
    """What a customer's facts say of each alert, in order."""
    found: dict[str, list[Said]] = {}
    for event in events:
        if said := _said(event):
            found.setdefault(said[0], []).append(said[1])
    return found


def _said(event: Event) -> tuple[str, Said] | None:
    match event.data:
        case ChurnRiskRaised(alert_id=alert, reasons=reasons):
            return alert, Said("Raised", event.time, _weights(reasons))
        case ChurnRiskEscalated(alert_id=alert, reasons=reasons):
            return alert, Said("Escalated", event.time, _weights(reasons))
        case ChurnRiskEased(alert_id=alert, reasons=reasons):
            return alert, Said("Eased", event.time, _weights(reasons))
        case ChurnRiskResolved(alert_id=alert):
            return alert, Said("Resolved", event.time, ())
        case ChurnRiskWithdrawn(alert_id=alert):
            return alert, Said("Withdrawn", event.time, ())
        case _:
            return None


def _weights(reasons: Iterable[Reason]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((each.rule, each.severity) for each in reasons))


def types_heard(change: Change, standards: Standards) -> str:
    """The types of events that its findings rest on, joined by commas."""
    findings = getattr(change, "findings", {})
    return ",".join(
        sorted({fact.type for rule in standards.rules if rule.name in findings for fact in rule.hears})
    )
