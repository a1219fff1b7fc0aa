"""The port of a service's own log: what a batch needs to know, and what it changes, at once."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from shared.core.quarantine import Quarantine
from shared.core.stream import StreamName
from shared.core.watermark import Clock

TopicPartition = tuple[str, int]
"""Topic and partition number."""


class Position(NamedTuple):
    """The next offset to take, and the log that it counts in; None where that is not known (yet)."""

    offset: int
    cluster: str | None = None
    topic_id: str | None = None


class Conflict(Exception):
    """Somebody else appended to the stream first: load again, decide again."""


class Fenced(Exception):
    """Somebody else has moved this partition's position: reload positions, do not write."""


class Rehearsed(Exception):
    """All of it could have been written, and none of it was: this was a rehearsal."""


REHEARSAL: ContextVar[bool] = ContextVar("rehearsal", default=False)
"""While it is set, no transaction is committed: each ends with `Rehearsed`, whoever opened it."""


class NeedsRebase(Exception):
    """The log was restored on another server and its order would be lost: an owner has to rebase it first."""


class StoredFact(NamedTuple):
    """One row of the log; `stream` as it is stored, `body` is the event as published, byte for byte."""

    stream: str
    version: int
    id: str
    type: str
    partition: int
    key: str | None
    happened: datetime
    recorded: datetime
    cause: bytes | None
    trace: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that could not be taken: where it lay, its bytes, and why.

    `attempt` counts from 1. `for_all`: nobody could read it; else this service alone has not taken it.
    `published` is false where another service that keeps it too publishes it. `through` is the last offset of
    those that it stands for: alike to the byte, one after another; None when it is one record.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    body: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    reason: str
    recorded: datetime
    attempt: int = 1
    for_all: bool = False
    published: bool = True
    through: int | None = None


@dataclass(slots=True)
class Changes:
    """All that one batch changes; written in one transaction or not at all.

    Positions and clocks as they were before and are after.
    """

    facts: list[StoredFact] = field(default_factory=list)
    timers: dict[StreamName, tuple[int, datetime | None]] = field(default_factory=dict)
    positions: dict[TopicPartition, tuple[int, int]] = field(default_factory=dict)
    clocks: dict[int, tuple[Clock, Clock]] = field(default_factory=dict)
    inbox: list[bytes] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    heartbeats: dict[int, bytes] = field(default_factory=dict)
    quarantined: list[Quarantine] = field(default_factory=list)
    fired: int = 0


@dataclass(frozen=True, slots=True)
class Timer:
    """A stream that time alone makes speak at `at`."""

    at: datetime
    stream: StreamName
    partition: int


def ends(timers: Sequence[Timer], most: int) -> dict[int, Timer]:
    """The last timer of each partition that has as many as were asked for: there may be more behind it."""
    counts = Counter(timer.partition for timer in timers)
    return {timer.partition: timer for timer in timers if counts[timer.partition] == most}


class Store(Protocol):
    """Two adapters keep one contract: `postgres.PostgresStore` and `memory.MemoryStore`.

    `statements_sent` grows with whatever is asked of it: work that stands can be told from work that goes on.
    """

    statements_sent: int

    async def bodies(self, streams: Sequence[StreamName]) -> Mapping[StreamName, Sequence[bytes]]:
        """The facts of each stream in version order; streams without facts are left out."""

    async def seen(self, identities: Sequence[bytes]) -> set[bytes]:
        """Which of these events were taken before. One that was taken when whom an event is about did not
        count yet left its key alone: that stands for any subject."""

    async def timers(self, until: Mapping[int, datetime], most: int) -> Sequence[Timer]:
        """The first of what is due on each partition up to and including its moment, at most so many each,
        in order of (at, stream)."""

    async def positions(self, partitions: Sequence[TopicPartition]) -> Mapping[TopicPartition, Position]:
        """Where each partition stands; one that was never opened is left out."""

    async def open_positions(self, positions: Mapping[TopicPartition, Position]) -> None:
        """Open new partitions there, and remember the logs of old ones if none is known; no offset moves."""

    async def register(self, instance: str, process: UUID) -> None:
        """From now on that process is the instance of this name."""

    async def registered(self, instance: str) -> UUID | None:
        """Which process was the last to register under this name."""

    async def clocks(self, partitions: Sequence[int]) -> Mapping[int, Clock]:
        """The clock of each partition."""

    async def quarantined(self, partitions: Sequence[int]) -> Mapping[StreamName, str]:
        """The streams of these partitions that were set aside, each with the reason."""

    async def released(self, partitions: Sequence[int]) -> frozenset[StreamName]:
        """Those of them that an operator released, and that wait for what came meanwhile."""

    async def go_on(self, released: Collection[StreamName]) -> bool:
        """What came for them and is a dead letter is asked for again, some at a time; who waits for none is
        set aside no longer, its timer set again. True when some were asked for."""

    async def released_from(self, streams: Collection[StreamName]) -> Mapping[StreamName, Sequence[str]]:
        """Why those of these streams that went on after a release had been set aside."""

    async def refused(self, topic: str, partition: int, offset: int) -> bool:
        """Whether an operator gave this record up: it is to become a dead letter."""

    async def commit(self, changes: Changes) -> None:
        """Write all of it. Errors: `Conflict`, `Fenced`; `Rehearsed` in a rehearsal."""
