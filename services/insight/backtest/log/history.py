"""A log as columns: who did what and when, so that a million events take little room and parts are cheap to
cut."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from services.insight.risk.calendar import Calendar
from shared.contracts.event import Event
from shared.contracts.fact import Fact
from shared.contracts.signals import (
    OrderPaid,
    PaymentFailed,
    PaymentRecovered,
    SubscriptionCancelled,
    UsageRecorded,
)

Ints = NDArray[np.int64]
KINDS: tuple[type[Fact], ...] = (
    OrderPaid,
    UsageRecorded,
    PaymentFailed,
    PaymentRecovered,
    SubscriptionCancelled,
)
PAID, USED, FAILED, RECOVERED, CANCELLED = range(len(KINDS))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = 86_400_000_000
"""Microseconds."""
UNIX = EPOCH.toordinal()


@dataclass(frozen=True, slots=True)
class History:
    """Customer n, in order of name, did the rows `starts[n]:starts[n + 1]`, in order of time. `times` are
    microseconds since 1970 in UTC, `kinds` places in `KINDS`. Of a fact a word (a place in `words`: currency,
    behaviour or invoice) and a number (amount in minor units, quantity, ended by wish) are kept.
    """

    customers: tuple[str, ...]
    starts: Ints
    times: Ints
    kinds: NDArray[np.int8]
    texts: NDArray[np.int32]
    numbers: Ints
    words: tuple[str, ...]

    @property
    def whose(self) -> Ints:
        """The customer of each row."""
        return np.repeat(np.arange(len(self.customers)), np.diff(self.starts))

    def part(self, first: int, last: int) -> "History":
        """The customers from one place up to before another."""
        begin, end = int(self.starts[first]), int(self.starts[last])
        rows = slice(begin, end)
        return History(
            self.customers[first:last], self.starts[first : last + 1] - begin, self.times[rows],
            self.kinds[rows], self.texts[rows], self.numbers[rows], self.words,
        )  # fmt: skip

    def parts(self, rows: int) -> Iterator["History"]:
        """All customers, so many rows at a time or one customer's, if these are more."""
        first = 0
        while first < len(self.customers):
            reach = int(np.searchsorted(self.starts, self.starts[first] + rows, "right")) - 1
            last = min(max(reach, first + 1), len(self.customers))
            yield self.part(first, last)
            first = last

    def days(self, calendar: Calendar) -> Ints:
        """The day of each row, where the business is."""
        if calendar.zone == "UTC":
            return self.times // DAY + UNIX
        days = (calendar.day(moment(int(each))) for each in self.times)
        return np.fromiter(days, dtype=np.int64, count=len(self.times))

    def has(self, kind: int) -> bool:
        return bool(np.any(self.kinds == kind))

    def events(self, rows: Sequence[int] | Ints, whose: Ints) -> Iterator[Event]:
        """As a rule hears them. No rule asks what an order was called, so that is not kept."""
        made: dict[tuple[int, int, int], Fact] = {}
        for row in rows:
            key = int(self.kinds[row]), int(self.texts[row]), int(self.numbers[row])
            if (fact := made.get(key)) is None:
                fact = made[key] = self._fact(*key)
            yield Event(str(row), "/log", self.customers[whose[row]], moment(int(self.times[row])), fact)

    def _fact(self, kind: int, text: int, number: int) -> Fact:
        word = self.words[text]
        if kind == PAID:
            return OrderPaid(order_id="-", amount=number, currency=word)
        if kind == USED:
            return UsageRecorded(behaviour=word, quantity=number)
        if kind == FAILED:
            return PaymentFailed(invoice=word)
        if kind == RECOVERED:
            return PaymentRecovered(invoice=word)
        return SubscriptionCancelled(by_wish=bool(number))


def moment(microseconds: int) -> datetime:
    """In UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


def micros(time: datetime) -> int:
    """Microseconds since 1970."""
    return (time - EPOCH) // MICROSECOND


def word_and_number(fact: Fact) -> tuple[int, str, int] | None:
    """Its kind, word and number; None of what no rule hears."""
    match fact:
        case OrderPaid(amount=amount, currency=currency):
            return PAID, currency, amount
        case UsageRecorded(behaviour=behaviour, quantity=quantity):
            return USED, behaviour, quantity
        case PaymentFailed(invoice=invoice):
            return FAILED, invoice, 0
        case PaymentRecovered(invoice=invoice):
            return RECOVERED, invoice, 0
        case SubscriptionCancelled(by_wish=by_wish):
            return CANCELLED, "", int(by_wish)
    return None
