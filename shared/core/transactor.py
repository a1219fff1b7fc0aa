"""Load what a whole batch needs, decide, write it in one transaction: constant round trips a batch."""

from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from shared.contracts.event import KEY_BYTES
from shared.contracts.fact import Fact, Vocabulary
from shared.contracts.signals import SourceHeartbeat
from shared.core.batch import Batch, Heard, Snapshot, Stage
from shared.core.decision import BatchDecision, Trace
from shared.core.store import Store
from shared.core.stream import Stream, StreamName, UnreadableStream
from shared.core.watermark import Clock

REMEMBERED = 200_000


class Transactor:
    """One stage on its store. Streams are remembered between batches; a conflict forgets them all."""

    def __init__(self, stage: Stage, vocabulary: Vocabulary, store: Store) -> None:
        self.stage, self.vocabulary, self.store = stage, vocabulary, store
        self.streams: OrderedDict[StreamName, Stream] = OrderedDict()
        self.clocks: dict[int, Clock] = {}

    def forget(self) -> None:
        """Trust nothing remembered: another process may have written, or a commit's reply was lost."""
        self.streams.clear()
        self.clocks.clear()

    async def transact(self, batch: Batch, recorded: datetime, trace: Trace) -> Counter[str]:
        """Decide and write one batch; per topic the number of events heard before (duplicates).

        Errors: `Conflict`, `Fenced` (nothing written: forget, read positions, hear again), and whatever a
        decider raises.
        """
        routed = [self.stage.react(heard.event) for heard in batch.heard]
        streams = {each_routed.stream for each in routed for each_routed in each}
        decision = BatchDecision(self.stage, await self._snapshot(batch.heard, streams), recorded, trace)
        repeated = Counter(
            heard.topic
            for heard, each in zip(batch.heard, routed, strict=True)
            if not decision.hear(heard, each)
        )
        decision.changes.positions.update(batch.positions)
        decision.changes.dead_letters.extend(batch.dead_letters)
        await self.store.commit(decision.changes)
        self._remember(decision)
        return repeated

    async def _snapshot(self, heard: Sequence[Heard], named: set[StreamName]) -> Snapshot:
        events = [h.event for h in heard if not isinstance(h.event.data, SourceHeartbeat)]
        await self._load_clocks({h.partition for h in heard})
        until = self._ticked(heard)
        timers = await self.store.timers(until) if until else ()
        streams = await self._streams(named.union(due.stream for due in timers))
        identities = [event.identity for event in events]
        asked = identities + [identity[:KEY_BYTES] for identity in identities]
        seen = await self.store.seen(asked) if asked else set()
        return Snapshot(streams, self.clocks, seen, timers)

    def _ticked(self, heard: Sequence[Heard]) -> dict[int, datetime]:
        """How far each partition's clock will have come at the end of the batch."""
        clocks: dict[int, Clock] = {}
        for h in heard:
            if isinstance(h.event.data, SourceHeartbeat) and h.topic in self.stage.ticks:
                before = clocks.get(h.partition, self.clocks[h.partition])
                clocks[h.partition] = before.hear(h.event, self.stage.awaits)
        return {partition: clock.watermark for partition, clock in clocks.items() if clock.watermark}

    async def _load_clocks(self, partitions: set[int]) -> None:
        if missing := sorted(partitions - self.clocks.keys()):
            self.clocks.update(await self.store.clocks(missing))

    async def _streams(self, names: set[StreamName]) -> Mapping[StreamName, Stream]:
        known = {name: self.streams[name] for name in names if name in self.streams}
        if missing := sorted(names - known.keys()):
            for name, bodies in (await self.store.bodies(missing)).items():
                known[name] = self._replayed(name, bodies)
        return known

    def _replayed(self, name: StreamName, bodies: Sequence[bytes]) -> Stream:
        try:
            decider = self.stage.deciders[name.category]
            return Stream(len(bodies), decider.replay(self._fact(body) for body in bodies))
        except Exception as error:
            raise UnreadableStream(name, f"{type(error).__name__}: {error}") from error

    def _fact(self, body: bytes) -> Fact:
        event: dict[str, Any] = orjson.loads(body)
        return self.vocabulary[event["type"]].model_validate(event["data"])

    def _remember(self, decision: BatchDecision) -> None:
        self.clocks.update({partition: after for partition, (_, after) in decision.changes.clocks.items()})
        for name, stream in decision.streams.items():
            self.streams[name] = stream
            self.streams.move_to_end(name)
        while len(self.streams) > REMEMBERED:
            self.streams.popitem(last=False)
