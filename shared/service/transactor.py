"""Load what a whole batch needs, decide, write it in one transaction: constant round trips a batch."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from shared.contracts.fact import Vocabulary
from shared.contracts.signals import SourceHeartbeat
from shared.core.batch import Batch, Heard, Snapshot, Stage
from shared.core.decider import Routed
from shared.core.decision import SLICE, BatchDecision, Trace
from shared.core.quarantine import Failures, kind_of
from shared.core.store import Store, TopicPartition, ends
from shared.core.stream import Stream, StreamName, UnreadableStream
from shared.core.watermark import Clock
from shared.service.stream_cache import StreamCache

log = logging.getLogger(__name__)
Taking = tuple[Heard, Sequence[Routed[Any]], bytes | None]
"""What is heard, where the stage routes it, and its identity; a heartbeat needs none."""


class Transactor:
    """One stage on its store. Streams are remembered between batches; a conflict forgets them all.

    At most `most` timers fire in one transaction.
    """

    def __init__(self, stage: Stage, vocabulary: Vocabulary, store: Store, most: int = SLICE) -> None:
        self.stage, self.vocabulary, self.store, self.most = stage, vocabulary, store, most
        self.streams = StreamCache()
        self.clocks: dict[int, Clock] = {}
        self.quarantined: dict[StreamName, str] = {}
        self._fired, self._read = Failures(), Failures()
        self._loaded: Mapping[StreamName, Stream] = {}
        self._reading = self._read  # adopted with the commit: what is tried again is not counted again

    def forget(self) -> None:
        """Trust nothing remembered: another process may have written, or a commit's reply was lost."""
        self.streams.clear()
        self.clocks.clear()
        self.quarantined.clear()

    async def reread_quarantine(self, partitions: Sequence[int]) -> None:
        """What an operator released goes on, what he set aside stands still; `partitions` are all our own."""
        self.quarantined = dict(await self.store.quarantined(partitions))
        if self.quarantined:
            await self.store.go_on(partitions)
            self.quarantined = dict(await self.store.quarantined(partitions))

    async def transact(self, batch: Batch, recorded: datetime, trace: Trace) -> Counter[str]:
        """Decide and write one batch; per topic the number of events heard before (duplicates).

        One transaction; several, when more timers are due than fire in one. Positions move with the last: who
        dies before it hears the batch again, finds its events taken, and goes on where the clock stands.

        Errors: `Conflict`, `Fenced` (nothing written: forget, read positions, hear again), and whatever a
        decider raises.
        """
        rest: Sequence[Taking] = [self._taking(heard) for heard in batch.heard]
        repeated: Counter[str] = Counter()
        cut = False
        while True:
            # After a cut its heartbeat goes on alone, so that each further slice costs what it fires.
            decision, taken, again = await self._decide(rest[:1] if cut else rest, recorded, trace)
            rest, cut = rest[taken:], decision.cut
            repeated += again
            batch.refused.extend(decision.changes.dead_letters)
            if rest:
                await self._write(decision, {place: (at, at) for place, (at, _) in batch.positions.items()})
            else:
                decision.changes.dead_letters.extend(batch.dead_letters)
                await self._write(decision, batch.positions)
                return repeated

    def _taking(self, heard: Heard) -> Taking:
        event = heard.event
        identity = None if type(event.data) is SourceHeartbeat else event.identity
        return heard, self.stage.react(event), identity

    async def _decide(
        self, taking: Sequence[Taking], recorded: datetime, trace: Trace
    ) -> tuple[BatchDecision, int, Counter[str]]:
        """How many of them are decided, all unless the decision is cut; and per topic how many were known."""
        snapshot = await self._snapshot(taking)
        decision = BatchDecision(self.stage, snapshot, recorded, trace, self.most)
        again: Counter[str] = Counter()
        for number, (heard, routed, identity) in enumerate(taking):
            if not decision.hear(heard, routed, identity):
                again[heard.topic] += 1
            if decision.cut:
                return decision, number, again
        return decision, len(taking), again

    async def _write(
        self, decision: BatchDecision, positions: Mapping[TopicPartition, tuple[int, int]]
    ) -> None:
        decision.changes.positions.update(positions)
        fired = self._fired.after(decision.outcomes)
        await self.store.commit(decision.changes)
        self._fired, self._read = fired, self._reading
        self._remember(decision)
        for each in decision.changes.quarantined:
            log.error(
                "a stream of category %s is quarantined: %s", each.stream.category, kind_of(each.reason)
            )

    async def _snapshot(self, taking: Sequence[Taking]) -> Snapshot:
        named = {to.stream for _, routed, _ in taking for to in routed}
        identities = [identity for _, _, identity in taking if identity]
        await self._load_clocks({heard.partition for heard, _, _ in taking})
        until = self._ticked(heard for heard, _, identity in taking if identity is None)
        most = max(1, self.most // len(until)) if until else 0
        timers = await self.store.timers(until, most) if until else ()
        wanted = named.union(due.stream for due in timers)
        if not self.quarantined.keys().isdisjoint(wanted):  # some may have been released
            await self.reread_quarantine(sorted(self.clocks))
        streams, unreadable = await self._streams(wanted)
        seen = await self.store.seen(identities) if identities else set()
        return Snapshot(streams, self.clocks, seen, timers, ends(timers, most), unreadable, self.quarantined)

    def _ticked(self, heartbeats: Iterable[Heard]) -> dict[int, datetime]:
        """How far each partition's clock will have come at the end of the batch."""
        clocks: dict[int, Clock] = {}
        for h in heartbeats:
            if h.topic in self.stage.ticks:
                before = clocks.get(h.partition, self.clocks[h.partition])
                clocks[h.partition] = before.hear(h.event, self.stage.awaits)
        return {partition: clock.watermark for partition, clock in clocks.items() if clock.watermark}

    async def _load_clocks(self, partitions: set[int]) -> None:
        if missing := sorted(partitions - self.clocks.keys()):
            self.clocks.update(await self.store.clocks(missing))
            self.quarantined.update(await self.store.quarantined(missing))

    async def _streams(
        self, names: set[StreamName]
    ) -> tuple[Mapping[StreamName, Stream], Mapping[StreamName, Exception]]:
        """The streams that have facts, and why those that cannot be folded cannot."""
        known = self.streams.known(names)
        unreadable: dict[StreamName, Exception] = {}
        missing = sorted(names - known.keys() - self.quarantined.keys())
        if missing:
            for name, bodies in (await self.store.bodies(missing)).items():
                try:
                    known[name] = self._replayed(name, bodies)
                except (UnreadableStream, ImportError, MemoryError):
                    raise
                except Exception as error:  # noqa: BLE001 - whatever the facts of one stream raise
                    known[name], unreadable[name] = Stream(len(bodies), None), error
        self._loaded = {name: known[name] for name in missing if name in known}
        self._reading = self._read.after(name in unreadable for name in missing if name in known)
        return known, unreadable

    def _replayed(self, name: StreamName, bodies: Sequence[bytes]) -> Stream:
        events: list[dict[str, Any]] = [orjson.loads(body) for body in bodies]
        decider = self.stage.deciders.get(name.category)
        newer = sorted({event["type"] for event in events} - self.vocabulary.keys())
        if decider is None or newer:
            raise UnreadableStream(name, f"it does not know {', '.join(newer) or 'the category'}")
        facts = (self.vocabulary[event["type"]].model_validate(event["data"]) for event in events)
        return Stream(len(events), decider.replay(facts))

    def _remember(self, decision: BatchDecision) -> None:
        self.quarantined = decision.quarantined
        self.clocks.update({partition: after for partition, (_, after) in decision.changes.clocks.items()})
        snapshot = decision.snapshot
        due = {timer.stream for timer in snapshot.timers}  # heard of once in a long while
        not_kept = {name for name in due if name not in self.streams} | snapshot.unreadable.keys()
        touched = {**self._loaded, **decision.streams}
        for name in not_kept:
            touched.pop(name, None)
        self.streams.remember(touched)
