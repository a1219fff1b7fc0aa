"""What a batch brings, who decides on it, and what was true before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shared.contracts.event import Event
from shared.core.decider import Decider, Routed
from shared.core.store import DeadLetter, Timer, TopicPartition
from shared.core.stream import Stream, StreamName
from shared.core.watermark import Clock


class Heard(NamedTuple):
    """An event and the place where it lay; `body` are its structured JSON bytes, `record` is as it came."""

    topic: str
    partition: int
    offset: int
    event: Event
    body: bytes = b""
    record: Any = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one poll brought: what was heard in order, what cannot be taken, and how far positions move.

    `refused` is filled as it is taken: what was heard and becomes a dead letter all the same.
    """

    heard: Sequence[Heard]
    dead_letters: Sequence[DeadLetter] = ()
    positions: Mapping[TopicPartition, tuple[int, int]] = field(default_factory=dict)
    refused: list[DeadLetter] = field(default_factory=list)


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


@dataclass(slots=True)
class Snapshot:
    """What was true before the batch. `seen` holds the identities of those of its events that were taken.
    `ends` has the last timer of each partition that may have more, `unreadable` why a stream's facts cannot
    be folded, `quarantined` why a stream was set aside; the `released` of these take their dead letters."""

    streams: Mapping[StreamName, Stream]
    clocks: Mapping[int, Clock]
    seen: set[bytes]
    timers: Sequence[Timer]
    ends: Mapping[int, Timer] = field(default_factory=dict)
    unreadable: Mapping[StreamName, Exception] = field(default_factory=dict)
    quarantined: Mapping[StreamName, str] = field(default_factory=dict)
    released: frozenset[StreamName] = frozenset()
