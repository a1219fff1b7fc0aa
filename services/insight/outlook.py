"""What each rule says of a customer at one moment, and when it would speak next. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.insight.judging.people import HEARD
from services.insight.risk.carry import BEGINNING
from services.insight.risk.standards import Standards
from services.insight.risk.walk import nobody, order, walk_through
from shared.contracts.event import Event

FORESEEN = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class Outlook:
    """By the policy and the parameters that judge at `at`: `words` and `severity` of what is found then
    (None: it is quiet), and the moment at which the rule would speak next if nothing more is heard and the
    parameters stay (None: not within three years)."""

    rule: str
    rule_version: int
    params_version: str | None
    words: str | None
    severity: int | None
    chance: float | None
    since: datetime | None
    due: datetime | None


def outlook(
    customer: str, events: Iterable[Event], standards: Standards, at: datetime
) -> tuple[Outlook, ...]:
    """Of each rule that judges then, from all the customer did before; a rule that heard nothing says
    nothing."""
    heard = sorted((each for each in events if each.data.type in HEARD and each.time < at), key=order)
    person, _ = walk_through(customer, nobody(standards.rules), heard, BEGINNING, at, standards)
    week, found = standards.calendar.week_of(at), []
    for adopted, state in zip(standards.adopted, person.states, strict=True):
        rule, judges = adopted.rule, adopted.at(week)
        if judges is None or state == rule.initial:
            continue
        stands = person.standing.get(rule.name)
        now = rule.find(state, at, judges, standards.calendar, stands)
        due = rule.due(state, at, at + FORESEEN, judges, standards.calendar, stands)
        found.append(
            Outlook(
                rule.name,
                judges.version,
                judges.model,
                now.words if now else None,
                now.severity if now else None,
                now.chance if now else None,
                now.since if now else None,
                due,
            )
        )
    return tuple(found)
