"""Care plays for one customer: opened by a churn risk, closed when the reason is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

from shared.contracts.retention import CarePlayClosed, CarePlayOpened
from shared.core.decider import Decider

Fact = CarePlayOpened | CarePlayClosed


@dataclass(frozen=True, slots=True)
class Open:
    alert_id: str
    rule: str


@dataclass(frozen=True, slots=True)
class Close:
    alert_id: str
    outcome: Literal["returned", "withdrawn"]


Plays = frozenset[str]
"""The alerts that are being cared for."""


def decide(plays: Plays, command: Open | Close, at: datetime) -> Sequence[Fact]:
    match command:
        case Open(alert_id, rule):
            return [] if alert_id in plays else [CarePlayOpened(alert_id=alert_id, rule=rule)]
        case Close(alert_id, outcome):
            return [CarePlayClosed(alert_id=alert_id, outcome=outcome)] if alert_id in plays else []
        case _:
            assert_never(command)


def evolve(plays: Plays, fact: Fact) -> Plays:
    match fact:
        case CarePlayOpened(alert_id=alert_id):
            return plays | {alert_id}
        case CarePlayClosed(alert_id=alert_id):
            return plays - {alert_id}
        case _:
            assert_never(fact)


CARE: Decider[Plays, Open | Close, Fact] = Decider("care", frozenset(), decide, evolve)
