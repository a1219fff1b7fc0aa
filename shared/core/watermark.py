"""The clock of one partition: how far event time has come, by what its live sources vouch for.

Only heartbeats move it. An event from the future cannot, and neither can the wall clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.contracts.event import Event
from shared.contracts.signals import SourceHeartbeat


@dataclass(frozen=True, slots=True)
class SourceWatermark:
    """A source said: all before `seen - lateness` is published; `closed`: nothing more will come."""

    seen: datetime
    lateness: timedelta
    closed: bool

    @property
    def watermark(self) -> datetime:
        return self.seen if self.closed else self.seen - self.lateness

    @property
    def rank(self) -> tuple[datetime, bool, timedelta]:
        """The later word counts, of one moment the stronger: so an old one heard again changes nothing."""
        return self.seen, self.closed, -self.lateness


@dataclass(frozen=True, slots=True)
class Clock:
    """`watermark` is the partition's watermark; None until a first source has spoken. It never goes back."""

    sources: Mapping[str, SourceWatermark] = field(default_factory=dict)
    watermark: datetime | None = None

    def hear(self, heartbeat: Event, awaited: frozenset[str] = frozenset()) -> "Clock":
        """The clock after one more heartbeat: min over live sources, or the latest word of closed ones.

        It stands still until each of the `awaited` sources has spoken: they are known to have much to say.
        """
        assert isinstance(heartbeat.data, SourceHeartbeat)
        lateness = timedelta(seconds=heartbeat.data.allowed_lateness_seconds)
        said = SourceWatermark(heartbeat.time, lateness, heartbeat.data.closed)
        before = self.sources.get(heartbeat.source)
        if before and said.rank <= before.rank:
            return self
        sources = {**self.sources, heartbeat.source: said}
        if not awaited <= sources.keys():
            return Clock(sources, self.watermark)
        live = [source.watermark for source in sources.values() if not source.closed]
        heard = min(live) if live else max(source.watermark for source in sources.values())
        return Clock(sources, max(heard, self.watermark) if self.watermark else heard)

    @property
    def closed(self) -> bool:
        """Every source said that nothing more will come; where none has spoken, none has said that."""
        return bool(self.sources) and all(source.closed for source in self.sources.values())
