"""Each record is taken, passed over, or refused with a reason: pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from shared.contracts.event import Event
from shared.contracts.fact import Vocabulary
from shared.contracts.reading import Unknown, Unreadable, read_record
from shared.contracts.signals import SourceHeartbeat, objection
from shared.contracts.topics import STAGE_SOURCES
from shared.core.batch import Batch, Heard
from shared.core.dead_letter import StandIn, joined, kept
from shared.core.store import DeadLetter, TopicPartition

AHEAD = timedelta(minutes=5)
"""How far a producer's clock may run before the broker's."""

ON_APPEND = 1
"""Kafka's mark of a timestamp that the broker set when it appended the record."""


class Misplaced(Unreadable):
    """Its key lies on another partition than it would here: its sender's fault, if both count as many."""


class Record(Protocol):
    """What we use of a Kafka record; `timestamp` in milliseconds, the broker's if its type is `ON_APPEND`."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: Any


@dataclass(frozen=True, slots=True)
class AdmissionPolicy:
    """What one service hears. Of the topics `dead_letters_for` it keeps, for all, what nobody can read.

    A topic that outsiders write (`external`) is also checked for source, key, partition and future times;
    `partition_of(key)` is the partition on which a key belongs.

    What one release does not know another may. On an external topic every listener keeps it as a dead letter
    of its own; who keeps them for all publishes it. On a topic of our own it is newer than this listener,
    which waits for a release that knows it.
    """

    hears: Mapping[str, Vocabulary]
    dead_letters_for: frozenset[str]
    external: frozenset[str]
    partition_of: Callable[[bytes], int]

    def event(self, record: Record, now: datetime) -> tuple[Event, bytes]:
        """The event and its structured JSON bytes, or `Unreadable`."""
        event, body = read_record(record.value, record.headers, self.hears[record.topic])
        if record.topic in self.external:
            self._check_time(record, event, now)
            self._check_place(record, event)
        elif isinstance(event.data, SourceHeartbeat):
            self._check_time(record, event, now, 2 * AHEAD)  # it passes on what lay at the edge already
        return event, body

    def type_of(self, record: Record) -> str | None:
        """The type of an event that may become a dead letter: None for a heartbeat and for the unreadable."""
        try:
            event, _ = read_record(record.value, record.headers, self.hears[record.topic])
        except Unreadable:
            return None
        return None if isinstance(event.data, SourceHeartbeat) else event.data.type

    def keeps(self, record: Record, reason: Unreadable) -> bool:
        """Whether it becomes a dead letter of this service."""
        return isinstance(reason, Unknown) or record.topic in self.dead_letters_for

    def _check_time(self, record: Record, event: Event, now: datetime, ahead: timedelta = AHEAD) -> None:
        """A producer's own stamp proves nothing: by it one could vouch for the year 2199."""
        arrived = record.timestamp / 1000
        if record.timestamp_type != ON_APPEND:
            arrived = min(arrived, now.timestamp())
        if event.time.timestamp() - arrived > ahead.total_seconds():
            raise Unreadable(f"time {event.time} lies in the future of its arrival: check the sender's clock")

    def _check_place(self, record: Record, event: Event) -> None:
        if event.source in STAGE_SOURCES:
            raise Unreadable(f"source {event.source!r} is the name of a stage: say who you are")
        if isinstance(event.data, SourceHeartbeat):
            if why := objection(event.data, event.time):
                raise Unreadable(why)
            return
        if not event.subject:
            raise Unreadable("subject is missing: it names the customer")
        if record.key is None or record.key != event.subject.encode():
            raise Unreadable("the record's key is not the event's subject: both are the customer id")
        if (place := self.partition_of(record.key)) != record.partition:
            raise Misplaced(
                f"this key belongs on partition {place}, not {record.partition}: use the murmur2 partitioner"
            )


@dataclass(slots=True)
class Admitted:
    """A poll's records sorted into what is heard, what becomes a dead letter, and what is passed over.

    `newer` is a record that another release will take: its place, offset and why; nothing after it is sorted.
    `is_misplaced`: a key lies where it does not belong, unless the topic's partitions are others.
    """

    heard: list[Heard] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    positions: dict[TopicPartition, tuple[int, int]] = field(default_factory=dict)
    newer: tuple[TopicPartition, int, str] | None = None
    is_misplaced: bool = False

    def fresh(self, records: Iterable[Record], positions: Mapping[TopicPartition, int]) -> Iterator[Record]:
        """The records that were not taken before; each moves its partition's position past itself."""
        for record in records:
            place = (record.topic, record.partition)
            before, after = self.positions.get(place) or (positions[place],) * 2
            if record.offset >= after:
                self.positions[place] = (before, record.offset + 1)
                yield record

    def keep(self, letter: DeadLetter, is_whole: bool) -> None:
        """Of a run of the same record the first stands for all: a million of nothing fill one batch. One
        whose bytes could not be had is nobody's like."""
        before = self.dead_letters[-1] if is_whole and self.dead_letters else None
        if before is not None and (run := joined(before, letter)):
            self.dead_letters[-1] = run
            self.refused[letter.topic, "dead_letter"] += 1
        else:
            self.dead_letters.append(letter)

    def stop_before(self, record: Record, reason: str) -> None:
        """Leave this record where it is."""
        place = (record.topic, record.partition)
        before, _ = self.positions.pop(place)
        if record.offset > before:
            self.positions[place] = (before, record.offset)
        self.newer = (place, record.offset, reason)

    def batch(self, positions: Mapping[TopicPartition, int]) -> Batch:
        """All of it; `positions` are those before. A partition is one world whatever topics it is heard from:
        where it stands in the others is fenced as well, for who has moved one of them has changed it."""
        touched = {partition for _, partition in self.positions}
        standing = {place: (at, at) for place, at in positions.items() if place[1] in touched}
        return Batch(self.heard, self.dead_letters, standing | self.positions)


def admit(
    policy: AdmissionPolicy,
    records: Iterable[Record],
    positions: Mapping[TopicPartition, int],
    recorded: datetime,
    into: Admitted | None = None,
) -> Admitted:
    """Sort records, after those that `into` holds already.

    Records below their partition's position were taken before: they are passed over.
    """
    admitted = into or Admitted()
    heard = admitted.heard.append
    for record in admitted.fresh(records, positions):
        try:
            event, body = policy.event(record, recorded)
        except Unreadable as reason:
            admitted.is_misplaced |= isinstance(reason, Misplaced)
            if isinstance(reason, Unknown) and record.topic not in policy.external:
                admitted.stop_before(record, str(reason))
                break
            if policy.keeps(record, reason):
                for_all = record.topic in policy.dead_letters_for
                why = record.value.reason if isinstance(record.value, StandIn) else str(reason)
                letter = kept(record, why, recorded, for_all=for_all, published=for_all)
                admitted.keep(letter, not isinstance(record.value, StandIn))
            else:
                admitted.refused[record.topic, "refused"] += 1
            continue
        heard(Heard(record.topic, record.partition, record.offset, event, body, record))
    return admitted


def dead_lettered(
    records: Iterable[Record], positions: Mapping[TopicPartition, int], reason: str, recorded: datetime
) -> Admitted:
    """All of them as dead letters for one reason, unread: reading may be what cannot be done."""
    admitted = Admitted()
    admitted.dead_letters = [kept(each, reason, recorded) for each in admitted.fresh(records, positions)]
    return admitted
