"""A customer's story as of a moment, in both times: what had happened by then, as far as it was known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.insight.episode import Episode, episodes
from services.insight.journey import Progress, progress
from services.insight.judging.model import replay
from services.insight.outlook import Outlook, outlook
from shared.contracts.event import Event

SPEAK = ("signals", "acquisition", "conversion", "insight", "retention")
"""Who speaks first of the same moment: each topic after those that it answers."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event, the topic it came on, when it was recorded, and how far its partition's clock stood then."""

    topic: str
    event: Event
    recorded: datetime
    known: datetime | None = None

    @property
    def late(self) -> bool:
        """A signal heard when the clock had passed it: it may have changed what was said before."""
        return self.topic == "signals" and self.known is not None and self.event.time < self.known


@dataclass(frozen=True, slots=True)
class Heard:
    """All that is known of a customer: the timeline, the alerts said, the model's facts. `judged` is how far
    the partition is judged (None: no clock has opened the calendar yet)."""

    customer: str
    timeline: Sequence[Line]
    alerts: Sequence[Line]
    model: Sequence[Line]
    judged: datetime | None


@dataclass(frozen=True, slots=True)
class Story:
    """What stood at `as_of`, by what was recorded up to `known_at`. `lines` are in order of time, of one
    moment in the order in which they follow from each other. `outlook` is None before the calendar opened."""

    customer: str
    as_of: datetime
    known_at: datetime
    judged: datetime | None
    progress: Progress
    lines: Sequence[Line]
    alerts: Sequence[Episode]
    outlook: Sequence[Outlook] | None


def story(heard: Heard, as_of: datetime | None, known_at: datetime) -> Story | None:
    """As of a moment, or of the newest that is known. None: nothing had happened that was known."""
    moment = as_of or _newest(heard, known_at)
    timeline = _known(heard.timeline, moment, known_at)
    if not timeline:
        return None
    alerts = _known(heard.alerts, moment, known_at)
    lines = sorted((*timeline, *alerts), key=_place)
    (made,) = progress(line.event for line in timeline).values()
    return Story(
        heard.customer, moment, known_at, heard.judged, made, lines,
        episodes(line.event for line in alerts), _outlook(heard, timeline, moment, known_at),
    )  # fmt: skip


def _place(line: Line) -> tuple[datetime, int, int]:
    return line.event.time, SPEAK.index(line.topic), line.event.stream_version or 0


def _newest(heard: Heard, known_at: datetime) -> datetime:
    lines = (*heard.timeline, *heard.alerts)
    happened = [line.event.time for line in lines if line.recorded <= known_at]
    return max([*happened, heard.judged] if heard.judged else happened, default=known_at)


def _known(lines: Iterable[Line], as_of: datetime, known_at: datetime) -> list[Line]:
    return [line for line in lines if line.event.time <= as_of and line.recorded <= known_at]


def _outlook(
    heard: Heard, timeline: Iterable[Line], as_of: datetime, known_at: datetime
) -> Sequence[Outlook] | None:
    """At `as_of`, or where the partition is judged if that is earlier."""
    standards = replay(line.event.data for line in _known(heard.model, as_of, known_at)).standards()
    if standards is None or heard.judged is None:
        return None
    signals = (line.event for line in timeline if line.topic == "signals")
    return outlook(heard.customer, signals, standards, min(as_of, heard.judged))
