"""Alerts as facts: what was judged, with its proof; and what earlier facts said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import assert_never

from services.insight.churn.alert import RULE
from services.insight.churn.buyer import Change, Raised, Resolved, Withdrawn
from services.insight.churn.revise import Told
from services.insight.churn.weeks import morning
from shared.contracts.event import Event, fact_id
from shared.contracts.fact import Fact as AnyFact
from shared.contracts.insight import ChurnRiskRaised, ChurnRiskResolved, ChurnRiskWithdrawn
from shared.core.outbox import stored
from shared.core.store import StoredFact
from shared.observe.traceparent import trace_id

SOURCE = "/evergreen/insight"
MOST_EVIDENCE = 100


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase as evidence: when, its event id, its traceparent, and where it lay on its partition."""

    happened: datetime
    id: str
    trace: str | None
    offset: int = -1


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact to be stored: when it holds, and the purchase it hangs on most, whose trace it continues."""

    fact: AnyFact
    at: datetime
    hinge: Purchase | None

    @property
    def parent(self) -> str | None:
        return self.hinge.trace if self.hinge else None


def statement(change: Change, purchases: Sequence[Purchase], through: date) -> Statement:
    """The fact of a change. `purchases` are the customer's, oldest first; `through` is how far is judged."""
    match change:
        case Raised():
            rests_on = [p for p in purchases if p.happened.date() <= change.alert.opened_on][-MOST_EVIDENCE:]
            return Statement(_raised(change, rests_on), change.alert.raised_at, _last(rests_on))
        case Resolved(alert_id, on):
            # What else was bought on that day may come a batch later: the first to come ended the silence.
            came = [p for p in purchases if p.happened.date() == on]
            back = min(came, key=attrgetter("offset"), default=None)
            returned_at = back.happened if back else morning(on)
            evidence = (back.id,) if back else ()
            fact = ChurnRiskResolved(alert_id=alert_id, returned_at=returned_at, evidence=evidence)
            return Statement(fact, returned_at, back)
        case Withdrawn(alert_id, reason):
            withdrawn = ChurnRiskWithdrawn(
                alert_id=alert_id, reason=reason, evidence=tuple(p.id for p in purchases[-MOST_EVIDENCE:])
            )
            return Statement(withdrawn, morning(through), None)
        case _:
            assert_never(change)


def recorded(
    stream: str, version: int, subject: str, said: Statement, partition: int, cause: Event | None,
    at: datetime, trace: str | None,
) -> StoredFact:  # fmt: skip
    """The row of a statement: what made insight speak is its cause, the purchase it hangs on its origin."""
    event = Event(
        id=fact_id("insight", stream, version),
        source=SOURCE,
        subject=subject,
        time=said.at.astimezone(UTC),
        data=said.fact,
        recorded=at,
        causation=cause.id if cause else None,
        correlation=said.hinge.id if said.hinge else cause.origin if cause else None,
        stream_version=version,
        traceparent=trace,
    )
    return stored(event, stream, partition, cause.key if cause else None)


def _raised(change: Raised, rests_on: Sequence[Purchase]) -> ChurnRiskRaised:
    alert = change.alert
    traces = dict.fromkeys(trace for p in rests_on if (trace := trace_id(p.trace)))
    return ChurnRiskRaised(
        alert_id=alert.id,
        rule=RULE,
        rule_version=alert.policy.rule_version,
        params_version=alert.in_force.version,
        opened_on=alert.opened_on.isoformat(),
        clauses=alert.clauses(),
        measures=alert.measures(),
        evidence=tuple(p.id for p in rests_on),
        traces=tuple(traces),
    )


def _last(purchases: Sequence[Purchase]) -> Purchase | None:
    return purchases[-1] if purchases else None


def told(events: Iterable[Event]) -> dict[str, Told]:
    """The alerts that a customer's facts leave raised, by id: withdrawn ones are gone."""
    left: dict[str, Told] = {}
    for event in events:
        match event.data:
            case ChurnRiskRaised(alert_id=alert_id):
                left[alert_id] = Told(event.time.date(), resolved=False)
            case ChurnRiskResolved(alert_id=alert_id) if alert_id in left:
                left[alert_id] = Told(left[alert_id].raised_on, resolved=True)
            case ChurnRiskWithdrawn(alert_id=alert_id):
                left.pop(alert_id, None)
            case _:
                continue
    return left
