"""A log of purchases, whoever wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Purchase:
    """One payment: `amount` in minor units, `time` in UTC. The same row has the same `id` each time."""

    id: str
    customer: str
    time: datetime
    amount: int
    currency: str

    @property
    def day(self) -> date:
        return self.time.date()

    def signal(self, source: str, traceparent: str | None = None) -> Event:
        """The event that a shop would have sent."""
        paid = OrderPaid(order_id=self.id, amount=self.amount, currency=self.currency)
        return Event(self.id, source, self.customer, self.time, paid, traceparent=traceparent)


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that could not be read: its line in the file (the first is 1) and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Log:
    """What was read. Up to `end` the log is complete. `names`: customers as the file calls them, by key."""

    source: str
    purchases: Sequence[Purchase]
    end: datetime
    refused: Sequence[Refused] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[str] = ()

    @property
    def opens(self) -> datetime:
        """The midnight before the first purchase."""
        return midnight(min(purchase.time for purchase in self.purchases))

    @property
    def customers(self) -> int:
        return len({purchase.customer for purchase in self.purchases})


def midnight(moment: datetime) -> datetime:
    """The beginning of its day, UTC."""
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)
