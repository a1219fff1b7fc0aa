"""A batch in, decisions out: pure. What is loaded before and what is written after is `transact`'s affair."""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from shared.contracts.event import Event, encode, fact_id, iso
from shared.contracts.fact import Fact
from shared.contracts.signals import SourceHeartbeat
from shared.core.decider import Decider, Routed
from shared.core.store import Changes, DeadLetter, StoredFact, Timer, TopicPartition
from shared.core.watermark import Clock

Trace = Callable[[str | None, str], str | None]
"""From the cause's traceparent and the new fact's type to the traceparent kept with the fact."""


class Heard(NamedTuple):
    """An event and the place where it lay; `body` are its structured JSON bytes."""

    topic: str
    partition: int
    offset: int
    event: Event
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one poll brought: events in each_routed, what cannot be taken, and how far positions move."""

    heard: Sequence[Heard]
    dead_letters: Sequence[DeadLetter] = ()
    positions: Mapping[TopicPartition, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stage:
    """What a service decides with. `ticks` are the topics whose heartbeats move its clock.

    `awaits` are sources without whose word it does not move: who hears two stages may not vouch for the time
    when only the faster one has spoken.
    """

    name: str
    deciders: Mapping[str, Decider[Any, Any, Any]]
    react: Callable[[Event], Sequence[Routed[Any]]]
    ticks: frozenset[str]
    awaits: frozenset[str] = frozenset()

    @property
    def source(self) -> str:
        return f"/evergreen/{self.name}"


class Stream(NamedTuple):
    """How far a stream has come."""

    version: int
    state: Any


@dataclass(slots=True)
class Snapshot:
    """What was true before the batch."""

    streams: Mapping[str, Stream]
    clocks: Mapping[int, Clock]
    seen: set[bytes]
    timers: Sequence[Timer]


class BatchDecision:
    """One batch being decided: an overlay of new states over the snapshot, and the changes so far."""

    def __init__(self, stage: Stage, snapshot: Snapshot, recorded: datetime, trace: Trace) -> None:
        self.stage, self.snapshot, self.recorded, self.trace = stage, snapshot, recorded, trace
        self.streams: dict[str, Stream] = {}
        self.changes = Changes()
        self._seen = set(snapshot.seen)
        self._clocks = dict(snapshot.clocks)
        self._timer_of = {due.stream: due.at for due in snapshot.timers}
        self._heaps: dict[int, list[tuple[datetime, str]]] = {}
        for due in snapshot.timers:
            heapq.heappush(self._heaps.setdefault(due.partition, []), (due.at, due.stream))

    def hear(self, heard: Heard, routed: Sequence[Routed[Any]]) -> bool:
        """Take one event, which the stage routes so; False when it was heard before."""
        event = heard.event
        if isinstance(event.data, SourceHeartbeat):
            if heard.topic in self.stage.ticks:
                self._tick(heard)
            return True
        if (key := event.key) in self._seen:
            return False
        self._seen.add(key)
        self.changes.inbox.append(key)
        for to in routed:
            decider, before = self._stream(to.stream)
            facts = decider.decide(before.state, to.command, event.time)
            self._append(to.stream, before, facts, event.time, heard.partition, event)
        return True

    def _tick(self, heard: Heard) -> None:
        before = self._clocks.get(heard.partition, Clock())
        clock = self._clocks[heard.partition] = before.hear(heard.event, self.stage.awaits)
        self.changes.clocks[heard.partition] = clock
        if clock.watermark is None or (clock.watermark, clock.closed) == (before.watermark, before.closed):
            return
        self._fire(heard.partition, clock.watermark, heard.event)
        self.changes.heartbeats[heard.partition] = encode(
            heartbeat(self.stage.source, heard.partition, clock)
        )

    def _fire(self, partition: int, until: datetime, cause: Event) -> None:
        heap = self._heaps.get(partition, [])
        while heap and heap[0][0] <= until:
            at, stream = heapq.heappop(heap)
            if self._timer_of.get(stream) == at:
                self.changes.fired += 1
                self._set_timer(stream, partition, None)  # asked once, whatever it answers
                decider, before = self._stream(stream)
                self._append(stream, before, decider.fire(before.state, at), at, partition, cause)

    def _stream(self, name: str) -> tuple[Decider[Any, Any, Any], Stream]:
        decider = self.stage.deciders[name.partition("-")[0]]
        known = self.streams.get(name) or self.snapshot.streams.get(name)
        return decider, known or Stream(0, decider.initial)

    def _append(
        self, name: str, before: Stream, facts: Iterable[Fact], at: datetime, partition: int, cause: Event
    ) -> None:
        decider = self.stage.deciders[name.partition("-")[0]]
        version, state = before
        for fact in facts:
            version += 1
            state = decider.evolve(state, fact)
            self.changes.facts.append(self._stored(name, version, fact, at, partition, cause))
        if version > before.version:
            self.streams[name] = Stream(version, state)
            due = decider.due(state)
            if due != decider.due(before.state):
                self._set_timer(name, partition, due)

    def _set_timer(self, stream: str, partition: int, due: datetime | None) -> None:
        self.changes.timers[stream] = (partition, due)
        self._timer_of.pop(stream, None)
        if due is not None:
            self._timer_of[stream] = due
            heapq.heappush(self._heaps.setdefault(partition, []), (due, stream))

    def _stored(
        self, stream: str, version: int, fact: Fact, at: datetime, partition: int, cause: Event
    ) -> StoredFact:
        customer = stream.partition("-")[2]
        event = Event(
            fact_id(self.stage.name, stream, version),
            self.stage.source,
            customer,
            at,
            fact,
            self.recorded,
            cause.id,
            cause.origin,
            version,
            self.trace(cause.traceparent, fact.type),
        )
        return stored(event, stream, partition, cause)


def stored(event: Event, stream: str, partition: int, cause: Event | None) -> StoredFact:
    """The row of an event that this service decided."""
    return StoredFact(
        stream,
        event.stream_version or 0,
        event.id,
        event.data.type,
        partition,
        event.subject or None,
        event.time,
        event.recorded or event.time,
        cause.key if cause else None,
        event.traceparent,
        encode(event),
    )


def heartbeat(source: str, partition: int, clock: Clock) -> Event:
    """A stage's own heartbeat: it has spoken about everything up to here."""
    assert clock.watermark is not None
    return Event(
        id=f"{partition}@{iso(clock.watermark)}{'!' if clock.closed else ''}",
        source=source,
        subject="",
        time=clock.watermark,
        data=SourceHeartbeat(closed=clock.closed),
    )
