"""Plays a log of purchases into `signals`, paced by event time, with its source's heartbeats."""

import asyncio
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from deploy.events.producer import Publisher, Record, beats, record
from deploy.events.trace import traceparent
from deploy.playing.poison import Poison
from deploy.playing.timetable import Arrival, Beat, Disorder, timetable
from deploy.purchases.purchase import Log
from shared.contracts.event import Event, iso
from shared.contracts.signals import SourceHeartbeat

AT_ONCE = 2_000
TICK = 0.05
WEEK = timedelta(days=7)
CENTURIES = 100_000
FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Manner:
    """`pace`: weeks of event time a second, 0 for as fast as possible. One event in `sample` is traced.

    `ahead` is how much event time the player may be ahead of what has been judged; None: it never waits.
    """

    disorder: Disorder = field(default_factory=Disorder)
    pace: float = 0.0
    sample: int = 100
    heartbeats: bool = True
    poisons: tuple[Poison, ...] = ()
    ahead: timedelta | None = None


@dataclass(slots=True)
class Played:
    """How far the player is. `moment` is event time, `began` the wall clock's second of the first publish,
    `vouched` the last heartbeat that may have been sent, `unsure` what of its chunk may not have been."""

    signals: int = 0
    duplicates: int = 0
    heartbeats: int = 0
    poison: int = 0
    moment: datetime | None = None
    began: float | None = None
    vouched: Beat | None = None
    unsure: list[Record] = field(default_factory=list)


Step = Arrival | Beat | Poison
Judged = Callable[[], datetime | None]
"""How far event time has been judged."""


async def play(
    log: Log,
    manner: Manner,
    publisher: Publisher,
    tell: Callable[[Played], None],
    judged: Judged = lambda: None,
) -> Played:
    """Publish the whole log; `tell` is called as it goes. Errors: Trouble when Kafka stays away.

    Interrupted, it ends what it vouches for and closes its source: nobody shall wait for it.
    """
    played = Played()
    try:
        await _play(log, manner, publisher, tell, judged, played)
    except asyncio.CancelledError:
        if manner.heartbeats and played.vouched:
            closing = heartbeats(log.source, replace(played.vouched, closed=True), publisher.partitions)
            await publisher.send([*played.unsure, *closing])
        raise
    return played


async def _play(
    log: Log,
    manner: Manner,
    publisher: Publisher,
    tell: Callable[[Played], None],
    judged: Judged,
    played: Played,
) -> None:
    steps = _Steps(log, manner)
    while not steps.done:
        if played.began is None:
            played.began = time.time()
        chunk = steps.until(time.time() - played.began, judged())
        played.vouched = next((step for step in reversed(chunk) if isinstance(step, Beat)), played.vouched)
        played.unsure = [one for step in chunk for one in _records(log, manner, step, publisher.partitions)]
        await publisher.send(played.unsure)
        played.unsure = []
        for step in chunk:
            _count(played, step, publisher.partitions)
        tell(played)
        if steps.ahead:
            await asyncio.sleep(TICK)


class _Steps:
    """The timetable, handed out as fast as the pace allows."""

    def __init__(self, log: Log, manner: Manner) -> None:
        self._opens, self._manner = log.opens, manner
        self._coming = _spread(log, manner)
        self._next: Step | None = next(self._coming, None)
        self.ahead = False

    @property
    def done(self) -> bool:
        return self._next is None

    def until(self, seconds: float, judged: datetime | None) -> list[Step]:
        """What is due after so many seconds, at most AT_ONCE; `ahead` says that the rest is not due yet."""
        limit = self._limit(seconds, judged)
        chunk: list[Step] = []
        while self._next is not None and len(chunk) < AT_ONCE and not self._is_early(self._next, limit):
            chunk.append(self._next)
            self._next = next(self._coming, None)
        self.ahead = self._next is not None and len(chunk) < AT_ONCE
        return chunk

    def _limit(self, seconds: float, judged: datetime | None) -> datetime:
        pace, ahead = self._manner.pace, self._manner.ahead
        paced = self._opens + WEEK * min(pace * seconds, CENTURIES) if pace else FOREVER
        return paced if ahead is None else min(paced, (judged or self._opens) + ahead)

    def _is_early(self, step: Step, limit: datetime) -> bool:
        return not isinstance(step, Poison) and step.moment > limit


def _spread(log: Log, manner: Manner) -> Iterator[Step]:
    """The timetable with the poison strewn evenly among the purchases, the last before the end."""
    steps = [
        step for step in timetable(log, manner.disorder) if manner.heartbeats or isinstance(step, Arrival)
    ]
    waiting, every = list(reversed(manner.poisons)), len(steps) / (len(manner.poisons) + 1)
    for place, step in enumerate(steps):
        while waiting and (
            place >= (len(manner.poisons) - len(waiting) + 1) * every or place == len(steps) - 1
        ):
            yield waiting.pop()
        yield step


def _records(log: Log, manner: Manner, step: Step, partitions: int) -> list[Record]:
    if isinstance(step, Poison):
        return [Record(step.key, step.value, step.headers)]
    if isinstance(step, Arrival):
        trace = traceparent(log.source, step.purchase.id, manner.sample)
        return [record(step.purchase.signal(log.source, trace))]
    return heartbeats(log.source, step, partitions)


def heartbeats(source: str, beat: Beat, partitions: int) -> list[Record]:
    """One a partition; its id says what it vouches for, so that a replay repeats it.

    Its lease is the usual one of two days: a log speaks of every midnight.
    """
    data = SourceHeartbeat(
        allowed_lateness_seconds=math.ceil(beat.lateness.total_seconds()),
        closed=beat.closed,
    )
    name = f"{iso(beat.moment)}{'/closed' if beat.closed else ''}"
    return beats(source, name, Event(name, source, "", beat.moment, data), partitions)


def _count(played: Played, step: Step, partitions: int) -> None:
    if isinstance(step, Poison):
        played.poison += 1
        return
    played.moment = max(step.moment, played.moment) if played.moment else step.moment
    if isinstance(step, Beat):
        played.heartbeats += partitions
    elif step.again:
        played.duplicates += 1
    else:
        played.signals += 1
