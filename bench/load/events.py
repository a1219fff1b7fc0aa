"""The events that every contender reads: CloudEvents of about 300 bytes, as a shop would write them."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import md5

from bench.load.sizes import PARTITIONS
from shared.consume.partitioner import partition_of
from shared.contracts.event import Event, encode, iso
from shared.contracts.signals import OrderPaid, SourceHeartbeat

SOURCE = "/bench/shop"


@dataclass(frozen=True, slots=True)
class Record:
    """A record to publish on `signals`."""

    partition: int
    key: bytes | None
    value: bytes


def name(number: int) -> str:
    """A customer id."""
    return f"customer-{number:06}"


def purchase(id: str, customer: str, time: datetime) -> Record:
    """An order paid, traced but not sampled; about 300 bytes."""
    key = customer.encode()
    data = OrderPaid(order_id=id, amount=1_999, currency="EUR")
    trace = f"00-{md5(id.encode(), usedforsecurity=False).hexdigest()}-00f067aa0ba902b7-00"
    event = Event(id, SOURCE, customer, time, data, traceparent=trace)
    return Record(partition_of(key, PARTITIONS), key, encode(event))


def heartbeats(time: datetime) -> list[Record]:
    """The shop vouches on every partition for all that happened before `time`."""
    event = (Event(f"{iso(time)}/{p}", SOURCE, "", time, SourceHeartbeat()) for p in range(PARTITIONS))
    return [Record(p, None, encode(each)) for p, each in enumerate(event)]
