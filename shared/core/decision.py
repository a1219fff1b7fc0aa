"""A batch in, decisions out: pure. Loading before and writing after is the transactor's affair."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from shared.contracts.event import KEY_BYTES, Event, encode, fact_id
from shared.contracts.fact import Fact
from shared.contracts.signals import SourceHeartbeat
from shared.core.batch import Heard, Snapshot, Stage
from shared.core.decider import Decider, Routed
from shared.core.outbox import heartbeat, stored
from shared.core.store import Changes, StoredFact
from shared.core.stream import Stream, StreamName
from shared.core.watermark import Clock

Trace = Callable[[str | None, str], str | None]
"""From the cause's traceparent and the new fact's type to the traceparent kept with the fact."""

SLICE = 2_000
"""Timers that fire in one transaction: a million at once need neither its memory nor its time."""


class BatchDecision:
    """One batch being decided: an overlay of new states over the snapshot, and the changes so far.

    At most `most` timers fire; `cut` says that the last heartbeat is to be heard again, for more are due.
    """

    def __init__(
        self, stage: Stage, snapshot: Snapshot, recorded: datetime, trace: Trace, most: int = SLICE
    ) -> None:
        self.stage, self.snapshot, self.recorded, self.trace = stage, snapshot, recorded, trace
        self.most, self.cut = most, False
        self.streams: dict[StreamName, Stream] = {}
        self.changes = Changes()
        self._seen = set(snapshot.seen)
        self._clocks = dict(snapshot.clocks)
        self._timer_of = {due.stream: due.at for due in snapshot.timers}
        self._heaps: dict[int, list[tuple[datetime, StreamName]]] = {}
        for due in snapshot.timers:
            heapq.heappush(self._heaps.setdefault(due.partition, []), (due.at, due.stream))

    def hear(self, heard: Heard, routed: Sequence[Routed[Any]]) -> bool:
        """Take one event, which the stage routes so; False when it was heard before."""
        event = heard.event
        if isinstance(event.data, SourceHeartbeat):
            if heard.topic in self.stage.ticks:
                self._tick(heard)
            return True
        if (identity := event.identity) in self._seen or identity[:KEY_BYTES] in self._seen:
            return False
        self._seen.add(identity)
        self.changes.inbox.append(identity)
        for to in routed:
            decider, before = self._stream(to.stream)
            facts = decider.decide(before.state, to.command, event.time)
            after = self._append(to.stream, before, facts, event.time, heard.partition, event)
            if after is not before and (due := decider.due(after.state)) != decider.due(before.state):
                self._set_timer(to.stream, heard.partition, due)
        return True

    def _tick(self, heard: Heard) -> None:
        partition = heard.partition
        before = self._clocks.get(partition, Clock())
        clock = before.hear(heard.event, self.stage.awaits)
        if moment := clock.news(before):
            left = self._fire_until(moment, partition, heard.event)
            if left is not None:
                clock, self.cut = before.just_before(left), True
        if moment := clock.news(before):
            said = heartbeat(self.stage.source, partition, moment, clock.closed)
            self.changes.heartbeats[partition] = encode(said)
        self._clocks[partition] = clock
        self.changes.clocks[partition] = (self.snapshot.clocks.get(partition, Clock()), clock)

    def _fire_until(self, moment: datetime, partition: int, cause: Event) -> datetime | None:
        """The moment of the first timer that is left; None when all up to that moment have fired."""
        heap, end = self._heaps.get(partition, []), self.snapshot.ends.get(partition)
        known = (end.at, end.stream) if end else None
        while heap and heap[0][0] <= moment and (known is None or heap[0] <= known):
            if self.changes.fired == self.most:
                return heap[0][0]
            at, stream = heapq.heappop(heap)
            if self._timer_of.get(stream) == at:
                self.changes.fired += 1
                self._fire(stream, at, partition, cause)
        return known[0] if known and known[0] <= moment else None

    def _fire(self, stream: StreamName, at: datetime, partition: int, cause: Event) -> None:
        """Ask once. The next moment is another than before, or one still to come: the rule may have been
        lengthened since this timer was set, and then there was nothing to say yet."""
        decider, before = self._stream(stream)
        after = self._append(stream, before, decider.fire(before.state, at), at, partition, cause)
        due = decider.due(after.state)
        is_new = after is not before and due != decider.due(before.state)
        self._set_timer(stream, partition, due if due is not None and (is_new or due > at) else None)

    def _stream(self, name: StreamName) -> tuple[Decider[Any, Any, Any], Stream]:
        decider = self.stage.deciders[name.category]
        known = self.streams.get(name) or self.snapshot.streams.get(name)
        return decider, known or Stream(0, decider.initial)

    def _append(
        self,
        name: StreamName,
        before: Stream,
        facts: Iterable[Fact],
        at: datetime,
        partition: int,
        cause: Event,
    ) -> Stream:
        evolve = self.stage.deciders[name.category].evolve
        version, state = before
        for fact in facts:
            version += 1
            state = evolve(state, fact)
            self.changes.facts.append(self._stored(name, version, fact, at, partition, cause))
        if version == before.version:
            return before
        after = self.streams[name] = Stream(version, state)
        return after

    def _set_timer(self, stream: StreamName, partition: int, due: datetime | None) -> None:
        self.changes.timers[stream] = (partition, due)
        self._timer_of.pop(stream, None)
        if due is not None:
            self._timer_of[stream] = due
            heapq.heappush(self._heaps.setdefault(partition, []), (due, stream))

    def _stored(
        self, name: StreamName, version: int, fact: Fact, at: datetime, partition: int, cause: Event
    ) -> StoredFact:
        stream = name.text
        event = Event(
            fact_id(self.stage.name, stream, version),
            self.stage.source,
            name.id,
            at,
            fact,
            self.recorded,
            cause.id,
            cause.origin,
            version,
            self.trace(cause.traceparent, fact.type),
        )
        return stored(event, stream, partition, cause)
