"""The clock of one partition: how far event time has come, by what its live sources vouch for.

Only heartbeats move it. An event from the future cannot, and neither can the wall clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.contracts.event import Event
from shared.contracts.signals import SourceHeartbeat


@dataclass(frozen=True, slots=True)
class Vouch:
    """A source said: all before `seen - lateness` is published; `closed`: nothing more will come."""

    seen: datetime
    lateness: timedelta
    closed: bool

    @property
    def watermark(self) -> datetime:
        return self.seen if self.closed else self.seen - self.lateness

    def outdates(self, before: "Vouch | None") -> bool:
        """False for an old word heard again: it must neither reopen a source nor bring back its lateness."""
        return before is None or (self.seen, not before.closed) > (before.seen, False)


@dataclass(frozen=True, slots=True)
class Clock:
    """`reached` is the partition's watermark; None until a first source has spoken. It never goes back."""

    sources: Mapping[str, Vouch] = field(default_factory=dict)
    reached: datetime | None = None

    def hear(self, heartbeat: Event) -> "Clock":
        """The clock after one more heartbeat: min over live sources, or the latest word of closed ones."""
        assert isinstance(heartbeat.data, SourceHeartbeat)
        lateness = timedelta(seconds=heartbeat.data.allowed_lateness_seconds)
        vouch = Vouch(heartbeat.time, lateness, heartbeat.data.closed)
        if not vouch.outdates(self.sources.get(heartbeat.source)):
            return self
        sources = {**self.sources, heartbeat.source: vouch}
        live = [source.watermark for source in sources.values() if not source.closed]
        heard = min(live) if live else max(source.watermark for source in sources.values())
        return Clock(sources, max(heard, self.reached) if self.reached else heard)

    @property
    def closed(self) -> bool:
        """Every source said that nothing more will come."""
        return all(source.closed for source in self.sources.values())
