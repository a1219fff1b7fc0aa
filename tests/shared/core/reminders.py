"""An example stage for the kernel's tests: a reminder is set when requested, and sent when time says so."""

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


class ReminderRequested(Fact):
    """To be sent after `minutes`, so many times, `minutes` apart; one of no times is broken and silent."""

    type = "reminder.requested"
    minutes: int
    times: int = 1


class ReminderSet(Fact):
    type = "reminder.set"
    due_at: Moment
    minutes: int
    times: int


class ReminderSent(Fact):
    type = "reminder.sent"
    left: int


HEARD: Vocabulary = vocabulary(ReminderRequested, SourceHeartbeat)
DECIDED: Vocabulary = vocabulary(ReminderSet, ReminderSent)


@dataclass(frozen=True, slots=True)
class Reminder:
    due_at: datetime
    minutes: int
    times: int


def decide(state: Reminder | None, requested: ReminderRequested, at: datetime) -> Sequence[Fact]:
    due_at = minute_after(at, requested.minutes)
    return [ReminderSet(due_at=due_at, minutes=requested.minutes, times=requested.times)]


def fire(state: Reminder | None, at: datetime) -> Sequence[Fact]:
    if state is None or state.times == 0:
        return []  # a broken one has nothing to say
    return [ReminderSent(left=state.times - 1)]


def evolve(state: Reminder | None, fact: Fact) -> Reminder | None:
    if isinstance(fact, ReminderSet):
        return Reminder(fact.due_at, fact.minutes, fact.times)
    assert isinstance(fact, ReminderSent)
    assert state is not None
    next_at = minute_after(state.due_at, state.minutes)
    return Reminder(next_at, state.minutes, fact.left) if fact.left else None


def due(state: Reminder | None) -> datetime | None:
    return state.due_at if state else None


def reminder(id: str) -> StreamName:
    """The stream of one reminder."""
    return StreamName("reminder", id)


Fire = Callable[[Reminder | None, datetime], Sequence[Fact]]


def reminder_stage(fire: Fire = fire) -> Stage:
    """The stage; it hears `requests`, and the time there, but not the time on `notes`."""
    decider: Decider[Any, Any, Any] = Decider("reminder", None, decide, evolve, TimerRule(due, fire))
    return Stage("reminders", {"reminder": decider}, react, ticks=frozenset({"requests"}))


def react(event: Event) -> Sequence[Routed[ReminderRequested]]:
    wanted = event.data
    return [Routed(reminder(event.subject), wanted)] if isinstance(wanted, ReminderRequested) else []


def minute_after(moment: datetime, minutes: float) -> datetime:
    return moment + timedelta(minutes=minutes)


def minute(number: float) -> datetime:
    """So many minutes past noon."""
    return minute_after(NOON, number)


def requested(id: str, reminder: str, at: float = 0, minutes: int = 5, times: int = 1) -> Event:
    return Event(id, "/customers", reminder, minute(at), ReminderRequested(minutes=minutes, times=times))


def beat(at: float, source: str = "/customers", late: int = 0, closed: bool = False, lease: int = 0) -> Event:
    """A heartbeat; `late` and `lease` in minutes, no lease unless one is given."""
    data = SourceHeartbeat(allowed_lateness_seconds=late * 60, closed=closed, lease_seconds=lease * 60)
    return Event(f"{source}@{at}", source, "", minute(at), data)


def heard(*events: Event, topic: str = "requests", partition: int = 0, offset: int = 0) -> list[Heard]:
    """The events as they lie on a partition, from `offset` on."""
    return [Heard(topic, partition, offset + n, event, encode(event)) for n, event in enumerate(events)]
