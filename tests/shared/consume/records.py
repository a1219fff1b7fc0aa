"""Kafka records as the policy of an example service admits them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.consume.admission import ON_APPEND, AdmissionPolicy, Admitted, admit
from shared.contracts.event import Event, encode
from tests.shared.core.reminders import HEARD, NOON, requested

START = {("requests", 0): 0, ("requests", 1): 0, ("hints", 0): 0}
POLICY = AdmissionPolicy(
    {"requests": HEARD, "hints": HEARD}, frozenset({"requests"}), frozenset({"requests"}), lambda key: 0
)


@dataclass
class Record:
    """A Kafka record."""

    topic: str = "requests"
    partition: int = 0
    offset: int = 0
    timestamp: int = int(NOON.timestamp() * 1000)
    timestamp_type: int = ON_APPEND
    key: bytes | None = b"short"
    value: bytes | None = encode(requested("w1", "short"))
    headers: Sequence[tuple[str, bytes | None]] = ()


def record(event: Event, offset: int = 0) -> Record:
    return Record(key=event.subject.encode() or None, value=encode(event), offset=offset)


def taken(*records: Record, positions: Mapping[tuple[str, int], int] = START) -> Admitted:
    return admit(POLICY, records, positions, NOON)
