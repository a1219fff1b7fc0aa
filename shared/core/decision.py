"""A batch in, decisions out: pure. Loading before and writing after is the transactor's affair."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from shared.contracts.event import KEY_BYTES, Event, encode, fact_id
from shared.contracts.fact import Fact
from shared.contracts.signals import SourceHeartbeat
from shared.core.batch import Heard, Snapshot, Stage
from shared.core.dead_letter import dead_letter
from shared.core.decider import Decider, Routed
from shared.core.outbox import heartbeat, stored
from shared.core.quarantine import Quarantine, begins, reason_of
from shared.core.store import Changes, StoredFact
from shared.core.stream import Stream, StreamName
from shared.core.watermark import Clock

Trace = Callable[[str | None, str], str | None]
"""From the cause's traceparent and the new fact's type to the traceparent kept with the fact."""


class Cause(NamedTuple):
    """The event that makes a stream speak, its key, and the partition that it lay on."""

    event: Event
    key: bytes
    partition: int


SLICE = 2_000
"""Timers that fire in one transaction: a million at once need neither its memory nor its time."""


class BatchDecision:
    """One batch being decided: an overlay of new states over the snapshot, and the changes so far.

    At most `most` timers fire; `cut` says that the last heartbeat is to be heard again, for more are due.
    `outcomes` has for each timer, in order, whether its rules failed: its stream is set aside then. `seen`
    are the identities of the events that were taken, before and here; `clocks` are the partitions' by now.
    """

    def __init__(
        self, stage: Stage, snapshot: Snapshot, recorded: datetime, trace: Trace, most: int = SLICE
    ) -> None:
        self.stage, self.snapshot, self.recorded, self.trace = stage, snapshot, recorded, trace
        self.most, self.cut = most, False
        self.streams: dict[StreamName, Stream] = {}
        self.changes = Changes()
        self.quarantined = dict(snapshot.quarantined)
        self.outcomes: list[bool] = []
        self.seen = set(snapshot.seen)
        self.clocks = dict(snapshot.clocks)
        self._timer_of = {due.stream: due.at for due in snapshot.timers}
        self._heaps: dict[int, list[tuple[datetime, StreamName]]] = {}
        for due in snapshot.timers:
            heapq.heappush(self._heaps.setdefault(due.partition, []), (due.at, due.stream))

    def hear(self, heard: Heard, routed: Sequence[Routed[Any]], identity: bytes | None = None) -> bool:
        """Take one event, which the stage routes so; False when it was heard before. `identity` is the
        event's, where it is known already."""
        event = heard.event
        if type(event.data) is SourceHeartbeat:
            if heard.topic in self.stage.ticks:
                self._tick(heard)
            return True
        identity = identity or event.identity
        if identity in self.seen:
            return False
        if (self.quarantined or self.snapshot.unreadable) and self._is_refused(heard, routed):
            return True
        self.seen.add(identity)
        self.changes.inbox.append(identity)
        for stream, command in routed:
            decider, before = self._stream(stream)
            if facts := decider.decide(before.state, command, event.time):
                cause = Cause(event, identity[:KEY_BYTES], heard.partition)
                after, rows = self._evolved(stream, before, facts, event.time, cause)
                self._keep(stream, after, rows)
                if decider.timer and (due := decider.due(after.state)) != decider.due(before.state):
                    self._set_timer(stream, heard.partition, due)
        return True

    def _is_refused(self, heard: Heard, routed: Sequence[Routed[Any]]) -> bool:
        """A stream that was set aside takes nothing: the event waits as a dead letter, not taken. Released,
        it takes these before anything new."""
        is_letter = getattr(heard.record, "attempt", 0) > 0
        for to in routed:
            if error := self.snapshot.unreadable.get(to.stream):
                self._set_aside(to.stream, heard.partition, None, error)
            elif is_letter and to.stream in self.snapshot.released:
                continue
            if reason := self.quarantined.get(to.stream):
                why = begins(to.stream) + reason
                self.changes.dead_letters.append(dead_letter(heard, why, self.recorded))
                return True
        return False

    def _tick(self, heard: Heard) -> None:
        partition = heard.partition
        before = self.clocks.get(partition, Clock())
        clock = before.hear(heard.event, self.stage.awaits)
        if moment := clock.news(before):
            left = self._fire_until(moment, partition, heard.event)
            if left is not None:
                clock, self.cut = before.just_before(left), True
        if moment := clock.news(before):
            said = heartbeat(self.stage.source, partition, moment, clock.closed)
            self.changes.heartbeats[partition] = encode(said)
        self.clocks[partition] = clock
        self.changes.clocks[partition] = (self.snapshot.clocks.get(partition, Clock()), clock)

    def _fire_until(self, moment: datetime, partition: int, heartbeat: Event) -> datetime | None:
        """The moment of the first timer that is left; None when all up to that moment have fired."""
        cause = Cause(heartbeat, heartbeat.key, partition)
        heap, end = self._heaps.get(partition, []), self.snapshot.ends.get(partition)
        known = (end.at, end.stream) if end else None
        while heap and heap[0][0] <= moment and (known is None or heap[0] <= known):
            if self.changes.fired == self.most:
                return heap[0][0]
            at, stream = heapq.heappop(heap)
            if self._timer_of.get(stream) == at:
                self.changes.fired += 1
                self._fire(stream, at, cause)
        return known[0] if known and known[0] <= moment else None

    def _fire(self, stream: StreamName, at: datetime, cause: Cause) -> None:
        """Ask once. The next moment is another than before, or one still to come: the rule may have been
        lengthened since this timer was set, and then there was nothing to say yet."""
        if (reason := self.quarantined.get(stream)) and stream not in self.snapshot.released:  # by hand
            self.changes.quarantined.append(Quarantine(stream, cause.partition, at, 0, reason, self.recorded))
            return  # with the timer that was set meanwhile
        try:
            if error := self.snapshot.unreadable.get(stream):
                raise error
            decider, before = self._stream(stream)
            facts = decider.fire(before.state, at)
            after, rows = self._evolved(stream, before, facts, at, cause)
            due = decider.due(after.state)
            is_new = after is not before and due != decider.due(before.state)
        except (ImportError, MemoryError):
            raise  # of the release, or the machine
        except Exception as failure:  # noqa: BLE001 - whatever the rules of one stream raise
            if stream not in self.snapshot.unreadable:
                self.outcomes.append(True)
            self._set_aside(stream, cause.partition, at, failure)
            return
        self.outcomes.append(False)
        self._keep(stream, after, rows)
        self._set_timer(stream, cause.partition, due if due is not None and (is_new or due > at) else None)

    def _set_aside(self, stream: StreamName, partition: int, at: datetime | None, error: Exception) -> None:
        """Its own rules fail: it stands still with its timer until they are mended, and time goes on."""
        if stream in self.quarantined and stream not in self.snapshot.released:
            return
        version = self._stream(stream)[1].version
        reason = self.quarantined[stream] = reason_of(error)
        self.changes.quarantined.append(Quarantine(stream, partition, at, version, reason, self.recorded))
        self.changes.timers.pop(stream, None)
        self._timer_of.pop(stream, None)

    def _stream(self, name: StreamName) -> tuple[Decider[Any, Any, Any], Stream]:
        decider = self.stage.deciders[name.category]
        known = self.streams.get(name) or self.snapshot.streams.get(name)
        return decider, known or Stream(0, decider.initial)

    def _evolved(
        self, name: StreamName, before: Stream, facts: Iterable[Fact], at: datetime, cause: Cause
    ) -> tuple[Stream, Sequence[StoredFact]]:
        """The stream after these facts, and their rows."""
        stage, text = self.stage, name.text
        evolve = stage.deciders[name.category].evolve
        version, state = before
        rows = []
        for fact in facts:
            version += 1
            state = evolve(state, fact)
            trace = self.trace(cause.event.traceparent, fact.type)
            event = tuple.__new__(  # as in `compiled.py`: a fact's own way is short enough to feel it
                Event,
                (fact_id(stage.name, text, version), stage.source, name.id, at, fact, self.recorded,
                 cause.event.id, cause.event.origin, version, trace),
            )  # fmt: skip
            rows.append(stored(event, text, cause.partition, cause.key))
        return (Stream(version, state) if rows else before), rows

    def _keep(self, name: StreamName, after: Stream, rows: Sequence[StoredFact]) -> None:
        if rows:
            self.streams[name] = after
            self.changes.facts += rows

    def _set_timer(self, stream: StreamName, partition: int, due: datetime | None) -> None:
        self.changes.timers[stream] = (partition, due)
        self._timer_of.pop(stream, None)
        if due is not None:
            self._timer_of[stream] = due
            heapq.heappush(self._heaps.setdefault(partition, []), (due, stream))
