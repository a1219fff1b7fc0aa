"""The relationship with a customer: opened when won, alive with every purchase."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from shared.contracts.retention import RelationshipOpened, RepeatPurchaseRecorded
from shared.core.decider import Decider

Fact = RelationshipOpened | RepeatPurchaseRecorded
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Begin:
    order_id: str


@dataclass(frozen=True, slots=True)
class Repeat:
    order_id: str
    number: int


@dataclass(frozen=True, slots=True)
class Relationship:
    last_purchase: datetime


def decide(known: Relationship | None, command: Begin | Repeat, at: datetime) -> Sequence[Fact]:
    match command:
        case Begin(order_id):
            return [] if known else [RelationshipOpened(order_id=order_id, purchased_at=at)]
        case Repeat(order_id, number):
            days = (at - known.last_purchase).total_seconds() / DAY if known else 0.0
            latest = max(at, known.last_purchase) if known else at
            return [
                RepeatPurchaseRecorded(
                    order_id=order_id, number=number, days_since_last=days, latest_purchase_at=latest
                )
            ]
        case _:
            assert_never(command)


def evolve(_: Relationship | None, fact: Fact) -> Relationship | None:
    match fact:
        case RelationshipOpened(purchased_at=at) | RepeatPurchaseRecorded(latest_purchase_at=at):
            return Relationship(at)
        case _:
            assert_never(fact)


RELATIONSHIP: Decider[Relationship | None, Begin | Repeat, Fact] = Decider(
    "relationship", None, decide, evolve
)
