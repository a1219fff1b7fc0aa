"""What a customer's stream says beside what was judged: answers to people, what became of alerts. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from services.insight.alerts import Hinge, Statement
from services.insight.lifecycle.alerts import Alerts, evolve
from services.insight.lifecycle.answers import Answer
from services.insight.lifecycle.deeds import ended, fire
from shared.contracts.event import Event
from shared.contracts.insight import ChurnRiskResolved


class Judged(NamedTuple):
    """What is said of a change, and the event that made it so; None: time did."""

    said: Statement
    cause: Event | None


def statement_of(answer: Answer) -> Statement:
    """An answer hangs on the deed, and is of its moment."""
    fact, deed = answer
    return Statement(fact, deed.time, Hinge(deed.id, deed.key, deed.traceparent))


def folded(alerts: Alerts, said: Iterable[Statement]) -> Alerts:
    """The alerts after all that was said."""
    for each in said:
        alerts = evolve(alerts, each.fact, each.at)
    return alerts


def with_outcomes(alerts: Alerts, judged: Iterable[Judged], until: datetime) -> list[Statement]:
    """All that is to be said of a customer up to that moment, `alerts` being those before.

    A horizon that passes comes before what is judged at that moment, so that what is said, and in which
    order, does not hang on how far time passes at once.
    """
    said: list[Statement] = []
    for each, cause in judged:
        for one in (*_come_true(alerts, each.at), each):
            alerts = _say(alerts, one, said)
        if isinstance(each.fact, ChurnRiskResolved):
            for fact in ended(alerts, each.fact.alert_id, cause):
                alerts = _say(alerts, Statement(fact, each.at, each.hinge), said)
    return [*said, *_come_true(alerts, until)]


def _come_true(alerts: Alerts, to: datetime) -> list[Statement]:
    return [Statement(fact, over, None) for fact, over in fire(alerts, to)]


def _say(alerts: Alerts, one: Statement, said: list[Statement]) -> Alerts:
    said.append(one)
    return evolve(alerts, one.fact, one.at)
