"""A batch as insight takes it: every event with its key, and how far the clock had come. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from shared.contracts.event import Event
from shared.contracts.signals import SourceHeartbeat
from shared.core.batch import Heard
from shared.core.watermark import Clock


class Entry(NamedTuple):
    """One event of the timeline."""

    heard: Heard
    key: bytes
    known: datetime | None


@dataclass(slots=True)
class Entries:
    """What a batch brings: each event of a customer once, the clocks after.

    `first` is the first heartbeat of all on partition 0, when it is in this batch: it opens the calendar.
    `twice` counts, by topic, the events that this batch brings again.
    """

    told: dict[tuple[str, bytes], Entry] = field(default_factory=dict)
    clocks: dict[int, Clock] = field(default_factory=dict)
    first: Event | None = None
    twice: Counter[str] = field(default_factory=Counter)

    def repeated(self, new: Collection[Entry]) -> Counter[str]:
        """How many events of each topic were no news: twice in this batch, or told by an earlier one."""
        if len(new) == len(self.told):
            return self.twice
        told = Counter(entry.heard.topic for entry in self.told.values())
        return self.twice + told - Counter(entry.heard.topic for entry in new)


def enter(heard: Iterable[Heard], clocks: Mapping[int, Clock]) -> Entries:
    """Walk a batch in order. Only heartbeats of `signals` move a clock; events of nobody are passed over."""
    entries = Entries()
    for h in heard:
        if isinstance(h.event.data, SourceHeartbeat):
            if h.topic == "signals":
                _tick(entries, h, clocks)
        elif h.event.subject:
            name = (h.event.subject, h.event.key)
            if name in entries.told:
                entries.twice[h.topic] += 1
                continue
            known = entries.clocks.get(h.partition, clocks[h.partition]).watermark
            entries.told[name] = Entry(h, name[1], known)
    return entries


def _tick(entries: Entries, h: Heard, clocks: Mapping[int, Clock]) -> None:
    before = entries.clocks.get(h.partition, clocks[h.partition])
    if h.partition == 0 and before.watermark is None:
        entries.first = h.event
    entries.clocks[h.partition] = before.hear(h.event)
