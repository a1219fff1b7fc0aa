"""The clock of one partition: how far event time has come, by what its live sources vouch for.

Only heartbeats move it. An event from the future cannot, and neither can the wall clock.

A source that dies must not hold it for good. That it is silent is told by the others: one of them speaks
of a time past its lease, and they came as far step by step since it last spoke. One word from far ahead, or
after an absence longer than the speaker's own lease, is no time that has passed; nor is a backlog of times
of which the silent one has spoken. So the order of heartbeats alone decides, the same at every replay.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.contracts.event import Event
from shared.contracts.signals import SourceHeartbeat

ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class SourceWatermark:
    """A source said: all before `seen - lateness` is published; `closed`: nothing more will come.

    `elapsed` is how much time had passed on the partition when it said so. `expired`: it was silent for
    longer than its `lease` (zero: none), and has not caught up since.
    """

    seen: datetime
    lateness: timedelta
    closed: bool
    lease: timedelta = ZERO
    elapsed: timedelta = ZERO
    expired: bool = False

    @property
    def watermark(self) -> datetime:
        return self.seen if self.closed else self.seen - self.lateness

    @property
    def rank(self) -> tuple[datetime, bool, timedelta]:
        """The later word counts, of one moment the stronger: so an old one heard again changes nothing."""
        return self.seen, self.closed, -self.lateness

    @property
    def counts(self) -> bool:
        """The clock waits for it."""
        return not self.closed and not self.expired

    def outlived_by(self, other: "SourceWatermark") -> bool:
        """By that word of another it has been silent for longer than its lease."""
        silent = min(other.elapsed - self.elapsed, other.seen - self.seen)
        return self.lease > ZERO and silent > self.lease

    def reaches(self, moment: datetime | None) -> bool:
        """It is no further behind that moment than its lease allows."""
        return moment is None or not self.lease or self.seen + self.lease >= moment


@dataclass(frozen=True, slots=True)
class Clock:
    """`watermark` is the partition's watermark; None until a first source has spoken. It never goes back."""

    sources: Mapping[str, SourceWatermark] = field(default_factory=dict)
    watermark: datetime | None = None

    def hear(self, heartbeat: Event, awaited: frozenset[str] = frozenset()) -> "Clock":
        """The clock after one more heartbeat: min over the sources that count, else the last closed word.

        A source that joins late, or comes back, counts once it has caught up to within its lease. `awaited`
        are known to have much to say: until each has spoken the clock stands still, and they never expire.
        """
        assert isinstance(heartbeat.data, SourceHeartbeat)
        before = self.sources.get(heartbeat.source)
        said = _said(heartbeat, heartbeat.data)
        if before and said.rank <= before.rank:
            return self
        late = heartbeat.source not in awaited and not said.reaches(self.watermark)
        if late and before is None:
            return self
        if before:
            elapsed = max(self.elapsed, before.elapsed + _step(before, said))
            said = replace(said, elapsed=elapsed, expired=late and not before.counts and not said.closed)
        else:
            said = replace(said, elapsed=self.elapsed)
        sources = {**_expire(self.sources, said, awaited), heartbeat.source: said}
        if not awaited <= sources.keys():
            return Clock(sources, self.watermark)
        watermark = _together(sources.values(), self.watermark)
        return Clock(_pruned(sources, watermark, awaited), watermark)

    def news(self, before: "Clock") -> datetime | None:
        """The watermark, when there is something to pass on: a later one, or that nothing more will come."""
        is_news = (self.watermark, self.closed) != (before.watermark, before.closed)
        return self.watermark if is_news else None

    def just_before(self, moment: datetime) -> "Clock":
        """On its way there, while not all that is due is done: the heartbeat will be heard again."""
        reached = moment - timedelta.resolution
        return Clock(self.sources, max(reached, self.watermark) if self.watermark else reached)

    @property
    def elapsed(self) -> timedelta:
        """How much time has passed here, as the last to speak knew."""
        return max((source.elapsed for source in self.sources.values()), default=ZERO)

    @property
    def closed(self) -> bool:
        """Every source said that nothing more will come; where none has spoken, none has said that."""
        return bool(self.sources) and all(source.closed for source in self.sources.values())

    @property
    def expired(self) -> Mapping[str, datetime]:
        """The sources that went silent for longer than their lease, each with the moment of its last word."""
        return {name: source.seen for name, source in self.sources.items() if source.expired}

    @property
    def holder(self) -> str | None:
        """The source that the clock waits for; None when no source counts."""
        counting = [(s.watermark, name) for name, s in self.sources.items() if s.counts]
        return min(counting)[1] if counting else None


def _said(heartbeat: Event, data: SourceHeartbeat) -> SourceWatermark:
    lateness, lease = timedelta(seconds=data.allowed_lateness_seconds), timedelta(seconds=data.lease_seconds)
    return SourceWatermark(heartbeat.time, lateness, data.closed, lease)


def _step(before: SourceWatermark, said: SourceWatermark) -> timedelta:
    step = said.seen - before.seen
    return ZERO if before.lease and step > before.lease else step


def _expire(
    sources: Mapping[str, SourceWatermark], said: SourceWatermark, awaited: frozenset[str]
) -> Mapping[str, SourceWatermark]:
    return {
        name: replace(source, expired=True)
        if name not in awaited and source.counts and source.outlived_by(said)
        else source
        for name, source in sources.items()
    }


def _together(sources: Iterable[SourceWatermark], before: datetime | None) -> datetime | None:
    counting = [source.watermark for source in sources if source.counts]
    closed = [source.watermark for source in sources if source.closed]
    heard = min(counting) if counting else max(closed, default=before)
    return heard if before is None or heard is None else max(heard, before)


def _pruned(
    sources: Mapping[str, SourceWatermark], watermark: datetime | None, awaited: frozenset[str]
) -> Mapping[str, SourceWatermark]:
    """Without those closed so long ago that none of their words, heard again, could count."""
    return {
        name: source
        for name, source in sources.items()
        if not source.closed or name in awaited or source.reaches(watermark)
    }
