"""A dead letter that is asked for again, as a record that arrives now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.consume.admission import AdmissionPolicy, Admitted, dead_lettered
from shared.consume.evidence import written
from shared.contracts.reading import Unknown, Unreadable
from shared.core.dead_letter import headers_back
from shared.core.store import TopicPartition

Positions = Mapping[TopicPartition, int]
UNREAD = "this release cannot read it: run the newest release of every service, then redrive"


@dataclass(slots=True)
class Redriven:
    """A dead letter as a record that arrives when it is asked for again; `timestamp` in milliseconds."""

    topic: str
    partition: int
    offset: int
    attempt: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    timestamp: int
    timestamp_type: int = 1

    @property
    def place(self) -> TopicPartition:
        return (self.topic, self.partition)

    def __str__(self) -> str:
        return written((*self.place, self.offset))


class Waiting(dict[bytes, str]):
    """Of one partition: of each key whose letters wait, why the first of them does, in words."""

    def __str__(self) -> str:
        first = next(iter(self.values()), "")
        return f"{first}, and {len(self) - 1} more of its partition" if len(self) > 1 else first


def redriven(row: Any) -> Redriven:
    """From a row of the statement `waiting`."""
    return Redriven(
        row["topic"], row["partition"], row["offset_"], row["attempt"], row["key"], row["body"],
        headers_back(row["headers"]), int(row["requested"].timestamp() * 1000),
    )  # fmt: skip


def standing(positions: Positions, partition: int) -> dict[TopicPartition, tuple[int, int]]:
    """Where this partition stands in all topics, fenced and not moved."""
    return {place: (at, at) for place, at in positions.items() if place[1] == partition}


def own(policy: AdmissionPolicy, record: Redriven, now: datetime) -> Admitted:
    """A dead letter of this service's own, of what it would leave to another: without, it would be lost.

    What no release can take says why; a newer release is asked for only where one may know the type.
    """
    reason = UNREAD
    try:
        policy.event(record, now)
    except Unreadable as why:
        if not isinstance(why, Unknown):
            reason = str(why)
    return dead_lettered([record], {record.place: 0}, reason, now)
