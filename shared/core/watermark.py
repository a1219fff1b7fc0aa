"""The clock of one partition: how far event time has come, by what its live sources vouch for.

Only heartbeats move it. An event from the future cannot, and neither can the wall clock. The laws:

1. The order of heartbeats alone decides: the same at every replay, however they are cut into batches. One
   that is heard again changes nothing. The watermark never goes back.
2. The watermark is what all vouch for who count. A source counts from its first word that has come to where
   the clock stands, until it closes or expires; who is awaited counts always.
3. A source expires when time passed without it for longer than its lease. Time passes as another speaks word
   after word of moments beyond its last: each counts for as long as its speaker's own lease at most. The
   first of all counts for nothing, nor does one after an absence longer than that, unless its speaker is
   often absent: not regular for a lease since the last time. So one word from far ahead expires nobody, a
   backlog of times of which a source has spoken does not tell against it, and yet no source that died holds
   the clock for more than so many words of any other.
4. Who closes is waited for no more. The closing word of a source that counts, or of the first of all, vouches
   as any word does; of one that expired, for its lease since its last word at most; of one that has closed
   already, or that nobody knows, for nothing more. So it can be typed by hand.
5. Who was forgotten is a newcomer: who closed, and all but the MOST_EXPIRED of those who expired that spoke
   last, once none of their words, heard again, could count. Where MOST_SOURCES are known nobody joins. So
   sources that are named by their process, or one a word, cost no more than so many.

A backlog that is told word by word is time that passes for those who have not told theirs: who comes back
after an outage says its latest word only. A source opens again by a word of a later moment than it closed at.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.contracts.event import Event
from shared.contracts.signals import SourceHeartbeat

ZERO = timedelta()
NEAR = timedelta(minutes=5)
"""So far behind the clock a word has still come to where it stands: for slow lines and clocks that differ."""

MOST_SOURCES, MOST_EXPIRED = 500, 100
"""Each word costs some microseconds for each source that is remembered."""


@dataclass(frozen=True, slots=True)
class SourceWatermark:
    """A source said: all before `seen - lateness` is published; `closed`: nothing more will come.

    `elapsed` is how much time had passed on the partition up to its last word. `expired`: it was silent for
    longer than its `lease` (zero: none), and has not caught up since. `returned`: its first word after it was
    last absent, longer than its lease by its own words; None: it never was.
    """

    seen: datetime
    lateness: timedelta
    closed: bool
    lease: timedelta = ZERO
    elapsed: timedelta = ZERO
    expired: bool = False
    returned: datetime | None = None

    @property
    def watermark(self) -> datetime:
        return self.seen - self.lateness

    @property
    def rank(self) -> tuple[datetime, bool, timedelta]:
        """The later word counts, of one moment the stronger: so an old one heard again changes nothing."""
        return self.seen, self.closed, ZERO if self.closed else -self.lateness

    @property
    def counts(self) -> bool:
        """The clock waits for it."""
        return not self.closed and not self.expired

    @property
    def is_seldom(self) -> bool:
        """It was absent, and has not spoken regularly since for as long as its lease."""
        return self.returned is not None and self.seen - self.returned <= self.lease

    def reaches(self, moment: datetime | None) -> bool:
        """It has come to that moment; a stage's own word, which has no lease, is always waited for."""
        return moment is None or not self.lease or self.seen + NEAR >= moment

    @property
    def latest(self) -> datetime | None:
        """What its closing word vouches for at most; None: for its time, as any word of who counts."""
        return None if self.counts else self.watermark if self.closed else self.seen + self.lease

    def following(self, before: "SourceWatermark | None", elapsed: timedelta) -> "SourceWatermark":
        """This word after the source's last, when so much time had passed on the partition."""
        if before is None:
            return replace(self, elapsed=elapsed)
        step, returned = self.seen - before.seen, before.returned
        if ZERO < before.lease < step:
            step, returned = before.lease if before.is_seldom else ZERO, self.seen
        return replace(self, elapsed=max(elapsed, before.elapsed + step), returned=returned)

    def closing(self, latest: datetime | None) -> "SourceWatermark":
        """Vouching for that moment at most, if it closes."""
        if not self.closed or not self.lease or latest is None:
            return self
        return replace(self, lateness=max(self.lateness, self.seen - latest))

    def passed_by(self, other: "SourceWatermark", elapsed: timedelta) -> "SourceWatermark":
        """After a word of another, before which so much time had passed: only what lies beyond its own last
        word has passed without it."""
        known = other.elapsed - (other.seen - self.seen)
        until = max(self.elapsed, min(self.elapsed + other.elapsed - elapsed, known))
        said = (self.seen, self.lateness, self.closed, self.lease)
        return SourceWatermark(*said, until, ZERO < self.lease < other.elapsed - until, self.returned)


@dataclass(frozen=True, slots=True)
class Clock:
    """`watermark` is the partition's watermark; None until a first source has spoken. It never goes back."""

    sources: Mapping[str, SourceWatermark] = field(default_factory=dict)
    watermark: datetime | None = None

    def hear(self, heartbeat: Event, awaited: frozenset[str] = frozenset()) -> "Clock":
        """The clock after one more heartbeat: min over the sources that count, else the last closed word.

        `awaited` are known to have much to say: until each has spoken the clock stands still, they never
        expire, and none is left out though it has closed: one that opens again moves no clock alone.
        """
        assert isinstance(heartbeat.data, SourceHeartbeat)
        before = self.sources.get(heartbeat.source)
        said = _said(heartbeat, heartbeat.data)
        if before and said.rank <= before.rank:
            return self
        late = heartbeat.source not in awaited and not said.reaches(self.watermark)
        is_full = heartbeat.source not in awaited and len(self.sources) >= MOST_SOURCES
        if before is None and (late or is_full):
            return self
        latest = before.latest if before else self.watermark if self.sources else None
        elapsed = self.elapsed
        said = said.closing(latest).following(before, elapsed)
        if before and late:
            said = replace(said, expired=not before.counts and not said.closed)
        others = {
            name: source.passed_by(said, elapsed) if source.counts and name not in awaited else source
            for name, source in self.sources.items()
        }
        sources = {**others, heartbeat.source: said}
        if not awaited <= sources.keys():
            return Clock(sources, self.watermark)
        watermark = _together(sources, self.watermark, awaited)
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


def _together(
    sources: Mapping[str, SourceWatermark], before: datetime | None, awaited: frozenset[str]
) -> datetime | None:
    counting = [source.watermark for name, source in sources.items() if source.counts or name in awaited]
    closed = [source.watermark for source in sources.values() if source.closed]
    heard = min(counting) if counting else max(closed, default=before)
    return heard if before is None or heard is None else max(heard, before)


def _pruned(
    sources: Mapping[str, SourceWatermark], watermark: datetime | None, awaited: frozenset[str]
) -> Mapping[str, SourceWatermark]:
    """Without those who are forgotten."""
    gone = {n for n, source in sources.items() if not source.counts and not source.reaches(watermark)}
    silent = sorted((sources[name].seen, name) for name in gone if sources[name].expired)
    kept = awaited.union(name for _, name in silent[-MOST_EXPIRED:])
    return {name: source for name, source in sources.items() if name not in gone or name in kept}
