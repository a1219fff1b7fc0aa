"""What every invented business gives: its log, and the truth behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

DAY = timedelta(days=1)


class Happening(NamedTuple):
    """One event of the log, of a type of `signals` and with its data."""

    time: datetime
    customer: str
    type: str
    data: Mapping[str, Any]


class Truth(NamedTuple):
    """What only the simulation knows: since when a customer does less, and when they were gone for good.
    None: never, up to the end of the log."""

    declines: datetime | None = None
    left: datetime | None = None


@dataclass(frozen=True, slots=True)
class Business:
    """`log` is in order of time, from `opens` up to `end`; `truth` has everybody who ever speaks in it."""

    name: str
    opens: datetime
    end: datetime
    log: tuple[Happening, ...]
    truth: Mapping[str, Truth] = field(default_factory=dict)


def business(
    name: str, opens: datetime, end: datetime, log: Iterable[Happening], truth: Mapping[str, Truth]
) -> Business:
    """In order of time, cut at its ends; who says nothing between them is nobody's customer."""
    kept = sorted((each for each in log if opens <= each.time < end), key=lambda each: each[:3])
    last = {each.customer: each.time for each in kept}
    known = {who: _within(said, last[who], end) for who, said in truth.items() if who in last}
    return Business(name, opens, end, tuple(kept), known)


def _within(said: Truth, last: datetime, end: datetime) -> Truth:
    """Nobody has left before the last thing they did."""
    declines = said.declines if said.declines and said.declines < end else None
    return Truth(declines, max(said.left, last) if said.left and said.left < end else None)


def paid(time: datetime, customer: str, number: int, minor_units: float) -> Happening:
    """A purchase; the amount in cents."""
    data = {"order_id": f"{customer}-{number}", "amount": max(1, int(minor_units)), "currency": "EUR"}
    return Happening(time, customer, "order.paid", data)


def used(time: datetime, customer: str, behaviour: str, quantity: int) -> Happening:
    """Use of one kind."""
    return Happening(time, customer, "usage.recorded", {"behaviour": behaviour, "quantity": quantity})


def at(opens: datetime, day: float) -> datetime:
    """So many days after the opening, to the second."""
    return (opens + day * DAY).replace(microsecond=0)


def start(year: int, month: int = 1, day: int = 1) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def shop_hours(chance: np.random.Generator) -> float:
    """When within a day a shop sells, as a part of it: nine to nine, most after work."""
    return float(9 + 12 * chance.beta(2.2, 1.6)) / 24
