"""A made-up stage for the kernel's own tests: eggs are put on when wanted, and ring when time says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.contracts.event import Event, encode
from shared.contracts.fact import Fact, Moment, Vocabulary, vocabulary
from shared.contracts.signals import SourceHeartbeat
from shared.core.batch import Heard, Stage
from shared.core.decider import Decider, Routed, TimerRule
from shared.core.stream import StreamName

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class EggWanted(Fact):
    """Boil for `minutes`, then ring so often, `minutes` apart; a timer of no rings is broken and silent."""

    type = "egg.wanted"
    minutes: int
    rings: int = 1


class EggOn(Fact):
    type = "egg.on"
    rings_at: Moment
    minutes: int
    rings: int


class EggRang(Fact):
    type = "egg.rang"
    left: int


HEARD: Vocabulary = vocabulary(EggWanted, SourceHeartbeat)
DECIDED: Vocabulary = vocabulary(EggOn, EggRang)


@dataclass(frozen=True, slots=True)
class Timer:
    rings_at: datetime
    minutes: int
    rings: int


def decide(timer: Timer | None, wanted: EggWanted, at: datetime) -> Sequence[Fact]:
    return [EggOn(rings_at=minute_after(at, wanted.minutes), minutes=wanted.minutes, rings=wanted.rings)]


def fire(timer: Timer | None, at: datetime) -> Sequence[Fact]:
    if timer is None or timer.rings == 0:
        return []  # a broken timer has nothing to say
    return [EggRang(left=timer.rings - 1)]


def evolve(timer: Timer | None, fact: Fact) -> Timer | None:
    if isinstance(fact, EggOn):
        return Timer(fact.rings_at, fact.minutes, fact.rings)
    assert isinstance(fact, EggRang)
    assert timer is not None
    return Timer(minute_after(timer.rings_at, timer.minutes), timer.minutes, fact.left) if fact.left else None


def due(timer: Timer | None) -> datetime | None:
    return timer.rings_at if timer else None


def egg(id: str) -> StreamName:
    """The stream of one egg."""
    return StreamName("egg", id)


Fire = Callable[[Timer | None, datetime], Sequence[Fact]]


def kitchen(fire: Fire = fire) -> Stage:
    """The stage; it hears `wishes`, and the time there, but not the time on `rumours`."""
    decider: Decider[Any, Any, Any] = Decider("egg", None, decide, evolve, TimerRule(due, fire))
    return Stage("kitchen", {"egg": decider}, react, ticks=frozenset({"wishes"}))


def react(event: Event) -> Sequence[Routed[EggWanted]]:
    return [Routed(StreamName("egg", event.subject), event.data)] if isinstance(event.data, EggWanted) else []


def minute_after(moment: datetime, minutes: float) -> datetime:
    return moment + timedelta(minutes=minutes)


def minute(number: float) -> datetime:
    """So many minutes past noon."""
    return minute_after(NOON, number)


def wanted(id: str, egg: str, at: float = 0, minutes: int = 5, rings: int = 1) -> Event:
    return Event(id, "/guests", egg, minute(at), EggWanted(minutes=minutes, rings=rings))


def beat(at: float, source: str = "/guests", late: int = 0, closed: bool = False, lease: int = 0) -> Event:
    """A heartbeat; `late` and `lease` in minutes, no lease unless one is given."""
    data = SourceHeartbeat(allowed_lateness_seconds=late * 60, closed=closed, lease_seconds=lease * 60)
    return Event(f"{source}@{at}", source, "", minute(at), data)


def heard(*events: Event, topic: str = "wishes", partition: int = 0, offset: int = 0) -> list[Heard]:
    """The events as they lie on a partition, from `offset` on."""
    return [Heard(topic, partition, offset + n, event, encode(event)) for n, event in enumerate(events)]
