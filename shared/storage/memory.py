"""The store's twin in memory: the same contract, for tests of decisions and for journeys without servers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from heapq import merge
from operator import attrgetter
from uuid import UUID

from shared.contracts.event import KEY_BYTES
from shared.core.quarantine import Quarantine
from shared.core.store import (
    REHEARSAL,
    Changes,
    Conflict,
    DeadLetter,
    Fenced,
    Position,
    Rehearsed,
    StoredFact,
    Timer,
    TopicPartition,
)
from shared.core.stream import StreamName
from shared.core.watermark import Clock

NEVER = datetime.min.replace(tzinfo=UTC)


class MemoryStore:
    """Everything in dicts; `log` holds the facts in commit order."""

    def __init__(self) -> None:
        self.statements_sent = 0  # nothing is sent, and nobody waits
        self.log: list[StoredFact] = []
        self.dead_letters: list[DeadLetter] = []
        self.heartbeats: dict[int, bytes] = {}
        self.refusals: set[tuple[str, int, int]] = set()
        self._facts: dict[tuple[str, int], StoredFact] = {}
        self._inbox: set[bytes] = set()
        self._positions: dict[TopicPartition, Position] = {}
        self._instances: dict[str, UUID] = {}
        self._clocks: dict[int, Clock] = {}
        self._timers: dict[StreamName, Timer] = {}
        self._quarantined: dict[StreamName, Quarantine] = {}
        self._released: set[StreamName] = set()
        self._released_from: dict[StreamName, Sequence[str]] = {}

    async def bodies(self, streams: Sequence[StreamName]) -> Mapping[StreamName, Sequence[bytes]]:
        wanted = {stream.text: stream for stream in streams}
        found: dict[StreamName, list[bytes]] = {}
        for (text, _), fact in sorted(self._facts.items()):
            if stream := wanted.get(text):
                found.setdefault(stream, []).append(fact.body)
        return found

    async def seen(self, identities: Sequence[bytes]) -> set[bytes]:
        return {each for each in identities if not self._inbox.isdisjoint((each, each[:KEY_BYTES]))}

    async def timers(self, until: Mapping[int, datetime], most: int) -> Sequence[Timer]:
        in_order = sorted(self._timers.values(), key=lambda timer: (timer.at, timer.stream))
        ripe = [
            [timer for timer in in_order if timer.partition == partition and timer.at <= moment][:most]
            for partition, moment in until.items()
        ]
        return list(merge(*ripe, key=lambda timer: (timer.at, timer.stream)))

    async def positions(self, partitions: Sequence[TopicPartition]) -> Mapping[TopicPartition, Position]:
        return {place: self._positions[place] for place in partitions if place in self._positions}

    async def open_positions(self, positions: Mapping[TopicPartition, Position]) -> None:
        for place, asked in positions.items():
            known = self._positions.get(place, asked)
            self._positions[place] = Position(
                known.offset, known.cluster or asked.cluster, known.topic_id or asked.topic_id
            )

    async def register(self, instance: str, process: UUID) -> None:
        self._instances[instance] = process

    async def registered(self, instance: str) -> UUID | None:
        return self._instances.get(instance)

    async def clocks(self, partitions: Sequence[int]) -> Mapping[int, Clock]:
        return {partition: self._clocks.get(partition, Clock()) for partition in partitions}

    async def quarantined(self, partitions: Sequence[int]) -> Mapping[StreamName, str]:
        return {name: q.reason for name, q in self._quarantined.items() if q.partition in partitions}

    async def refused(self, topic: str, partition: int, offset: int) -> bool:
        return (topic, partition, offset) in self.refusals

    async def commit(self, changes: Changes) -> None:
        self._refuse(changes)
        if REHEARSAL.get():
            raise Rehearsed
        for fact in changes.facts:
            self._facts[fact.stream, fact.version] = fact
        self.log += changes.facts
        self.dead_letters += [each for each in changes.dead_letters if not self._is_dead_letter(each)]
        self.heartbeats |= changes.heartbeats
        self._inbox.update(changes.inbox)
        self._clocks |= {partition: after for partition, (_, after) in changes.clocks.items()}
        for place, (_, after) in changes.positions.items():
            self._positions[place] = self._positions[place]._replace(offset=after)
        for stream, (partition, due) in changes.timers.items():
            self._timers.pop(stream, None)
            if due is not None:
                self._timers[stream] = Timer(due, stream, partition)

        for each in changes.quarantined:
            gone = self._timers.pop(each.stream, None)
            known = self._quarantined.get(each.stream, each)
            at = each.at or (gone.at if gone else known.at)
            self._quarantined[each.stream] = known._replace(at=at)

    def release(self, stream: StreamName) -> None:
        """As an operator does."""
        self._released.add(stream)

    async def released(self, partitions: Sequence[int]) -> frozenset[StreamName]:
        return frozenset(s for s in self._released if self._quarantined[s].partition in partitions)

    async def go_on(self, released: Collection[StreamName]) -> bool:
        """Nobody redrives what lies here."""
        for stream in released:
            self._released.remove(stream)
            each = self._quarantined.pop(stream)
            self._released_from[stream] = [each.reason]
            if each.at is not None:
                self._timers[stream] = Timer(each.at, stream, each.partition)
        return False

    async def released_from(self, streams: Collection[StreamName]) -> Mapping[StreamName, Sequence[str]]:
        return {each: self._released_from[each] for each in streams if each in self._released_from}

    def _is_dead_letter(self, record: DeadLetter) -> bool:
        place = attrgetter("topic", "partition", "offset", "attempt")
        return any(place(record) == place(other) for other in self.dead_letters)

    def _refuse(self, changes: Changes) -> None:
        added = {(fact.stream, fact.version) for fact in changes.facts}
        if taken := sorted(added & self._facts.keys()):
            raise Conflict(f"{taken[0]} is there already")
        if len(added) < len(changes.facts):
            raise Conflict("one version was given twice")
        if len(self._inbox.union(changes.inbox)) < len(self._inbox) + len(changes.inbox):
            raise Conflict("some of these events were already taken")
        for place, (before, _) in changes.positions.items():
            known = self._positions.get(place)
            if known is None or known.offset != before:
                raise Fenced(f"{place} stands at {known and known.offset}, not at {before}")
