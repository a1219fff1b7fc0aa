"""What was true before a batch: remembered from those before it, or read for all of it at once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from shared.contracts.fact import Vocabulary
from shared.core.batch import Heard, Snapshot, Stage
from shared.core.decider import Routed
from shared.core.decision import BatchDecision
from shared.core.quarantine import Failures, again, reason_of
from shared.core.store import Store, Timer, ends
from shared.core.stream import Stream, StreamName, UnreadableStream
from shared.core.watermark import Clock
from shared.service.stream_cache import StreamCache

Taking = tuple[Heard, Sequence[Routed[Any]], bytes | None]
"""What is heard, where the stage routes it, and its identity; a heartbeat needs none."""


class Loaded(NamedTuple):
    """A snapshot; the streams that were read for it; how reading went, which counts once it is written."""

    snapshot: Snapshot
    read: Mapping[StreamName, Stream]
    failures: Failures


class Decided(NamedTuple):
    """`taken` events are decided, all unless the decision is cut; `again` were known before, by topic."""

    loaded: Loaded
    decision: BatchDecision
    taken: int
    again: Counter[str]


class NotAhead(Exception):
    """What a batch in flight leaves cannot be told before it is written."""


class Snapshots:
    """Streams, clocks and who is set aside, remembered between batches until `forget`."""

    def __init__(self, stage: Stage, vocabulary: Vocabulary, store: Store, most: int) -> None:
        self.stage, self.vocabulary, self.store, self.most = stage, vocabulary, store, most
        self.streams = StreamCache()
        self.clocks: dict[int, Clock] = {}
        self.quarantined: dict[StreamName, str] = {}
        self.released: frozenset[StreamName] = frozenset()
        self._failures = Failures()

    def forget(self) -> None:
        """Trust nothing remembered."""
        self.streams.clear()
        self.clocks.clear()
        self.quarantined.clear()

    async def reread_quarantine(self, partitions: Sequence[int]) -> bool:
        """What an operator released goes on, what he set aside stands still; `partitions` are all our own.

        True when released streams wait for their dead letters, some of which were asked for just now.
        """
        self.quarantined = dict(await self.store.quarantined(partitions))
        self.released = await self.store.released(partitions) if self.quarantined else frozenset()
        if not self.released:
            return False
        is_asked = await self.store.go_on(self.released)
        self.quarantined = dict(await self.store.quarantined(partitions))
        return is_asked

    def may_go_ahead(self, taking: Sequence[Taking], behind: Decided) -> bool:
        """Whether it may be decided before that one is written: no stream is set aside by either.

        Who is set aside on a partition that is new here is not known yet.
        """
        if behind.decision.cut or behind.loaded.snapshot.unreadable or behind.decision.changes.quarantined:
            return False
        if not {heard.partition for heard, _, _ in taking} <= self.clocks.keys():
            return False
        aside = self.quarantined.keys() | behind.decision.quarantined.keys()
        return not aside or aside.isdisjoint(to.stream for _, routed, _ in taking for to in routed)

    async def load(self, taking: Sequence[Taking], behind: Decided | None = None) -> Loaded:
        """As it is now; or as it will be once `behind` is written.

        Errors: `NotAhead` when that cannot be told; whatever the store and the facts of a stream raise.
        """
        named = {to.stream for _, routed, _ in taking for to in routed}
        identities = [identity for _, _, identity in taking if identity]
        flying = behind.decision.seen.intersection(identities) if behind else set()
        await self._load_clocks({heard.partition for heard, _, _ in taking})
        clocks = {**self.clocks, **behind.decision.clocks} if behind else self.clocks
        until = self._ticked((heard for heard, _, identity in taking if identity is None), clocks)
        most = max(1, self.most // len(until)) if until else 0
        timers = await self.store.timers(until, most) if until else ()
        last = ends(timers, most)
        if behind:
            timers = _left_by(behind, timers, until)
        wanted = named.union(due.stream for due in timers)
        is_aside = not self.quarantined.keys().isdisjoint(wanted)
        if behind and (last or is_aside):
            raise NotAhead
        if is_aside:  # some may have been released
            await self.reread_quarantine(sorted(self.clocks))
        streams, read, unreadable = await self._streams(wanted, behind)
        failures = behind.loaded.failures if behind else self._failures
        seen = await self.store.seen(identities) if identities else set()
        snapshot = Snapshot(
            streams, clocks, seen | flying, timers, last, unreadable, self.quarantined,
            self.released & self.quarantined.keys(),
        )  # fmt: skip
        failing = {name: reason_of(error) for name, error in unreadable.items()}
        counted = failing.keys() - await self.again(failing)
        outcomes = (name in counted for name in read if name in counted or name not in unreadable)
        after = failures.after(outcomes, {name: failing[name] for name in counted})
        return Loaded(snapshot, read, after)

    async def again(self, failing: Mapping[StreamName, str]) -> frozenset[StreamName]:
        """Those that are set aside as they were: they were released, and fail still for what they did."""
        if not failing:
            return frozenset()
        known = await self.store.released_from(failing)
        return again(failing, known) | (failing.keys() & self.released)

    def adopt(self, written: Decided) -> None:
        """Remember how that left everything."""
        decision, snapshot = written.decision, written.loaded.snapshot
        self._failures = written.loaded.failures
        self.quarantined.update((each.stream, each.reason) for each in decision.changes.quarantined)
        self.clocks.update({partition: after for partition, (_, after) in decision.changes.clocks.items()})
        due = {timer.stream for timer in snapshot.timers}  # heard of once in a long while
        touched = {**written.loaded.read, **decision.streams}
        for name in {name for name in due if name not in self.streams} | snapshot.unreadable.keys():
            touched.pop(name, None)
        self.streams.remember(touched)

    def _ticked(self, heartbeats: Iterable[Heard], before: Mapping[int, Clock]) -> dict[int, datetime]:
        """How far each partition's clock will have come at the end of the batch."""
        clocks: dict[int, Clock] = {}
        for h in heartbeats:
            if h.topic in self.stage.ticks:
                clock = clocks.get(h.partition, before[h.partition])
                clocks[h.partition] = clock.hear(h.event, self.stage.awaits)
        return {partition: clock.watermark for partition, clock in clocks.items() if clock.watermark}

    async def _load_clocks(self, partitions: set[int]) -> None:
        if missing := sorted(partitions - self.clocks.keys()):
            self.clocks.update(await self.store.clocks(missing))
            self.quarantined.update(await self.store.quarantined(missing))

    async def _streams(
        self, names: set[StreamName], behind: Decided | None
    ) -> tuple[dict[StreamName, Stream], dict[StreamName, Stream], dict[StreamName, Exception]]:
        """The streams that have facts, those of them that were read, and why some cannot be folded."""
        known = self.streams.known(names)
        if behind:
            flying = behind.decision.streams
            known.update((name, flying[name]) for name in names if name in flying)
        unreadable: dict[StreamName, Exception] = {}
        read: dict[StreamName, Stream] = {}
        if missing := sorted(names - known.keys() - (self.quarantined.keys() - self.released)):
            for name, bodies in (await self.store.bodies(missing)).items():
                try:
                    read[name] = self._replayed(name, bodies)
                except (UnreadableStream, ImportError, MemoryError):
                    raise
                except Exception as error:  # noqa: BLE001 - whatever the facts of one stream raise
                    read[name], unreadable[name] = Stream(len(bodies), None), error
        return known | read, read, unreadable

    def _replayed(self, name: StreamName, bodies: Sequence[bytes]) -> Stream:
        events: list[dict[str, Any]] = [orjson.loads(body) for body in bodies]
        decider = self.stage.deciders.get(name.category)
        newer = sorted({event["type"] for event in events} - self.vocabulary.keys())
        if decider is None or newer:
            raise UnreadableStream(name, f"it does not know {', '.join(newer) or 'the category'}")
        facts = (self.vocabulary[event["type"]].model_validate(event["data"]) for event in events)
        return Stream(len(events), decider.replay(facts))


def _left_by(behind: Decided, timers: Iterable[Timer], until: Mapping[int, datetime]) -> list[Timer]:
    """What is due once that batch is written, whether these were read before it was or after."""
    changed = behind.decision.changes.timers
    kept = [timer for timer in timers if timer.stream not in changed]
    for stream, (partition, due) in changed.items():
        if due is not None and partition in until and due <= until[partition]:
            kept.append(Timer(due, stream, partition))
    return kept
