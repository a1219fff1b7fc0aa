"""One event: a fact in its CloudEvents 1.0 envelope (structured JSON mode on our own topics)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID, uuid5

import orjson

from shared.contracts.fact import Fact

NAMESPACE = UUID("6f1d2f6c-6a0b-5b52-9d0b-3f4a3a6d7b10")
STRUCTURED = b"application/cloudevents+json"
EXTENSIONS = {
    "causationid": "causation",
    "correlationid": "correlation",
    "streamversion": "stream_version",
    "traceparent": "traceparent",
}


@dataclass(frozen=True, slots=True)
class Event:
    """A fact, who said it, about whom, when it happened and when we knew."""

    id: str
    source: str
    subject: str
    time: datetime
    data: Fact
    recorded: datetime | None = None
    causation: str | None = None
    correlation: str | None = None
    stream_version: int | None = None
    traceparent: str | None = None
    _key: UUID | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def key(self) -> UUID:
        """The same for every delivery of this event: CloudEvents are unique by (source, id)."""
        if self._key is None:
            object.__setattr__(self, "_key", event_key(self.source, self.id))  # asked for several times
        return cast(UUID, self._key)

    @property
    def origin(self) -> str:
        """The id that a whole chain of events shares: the first signal's."""
        return self.correlation or self.id


def event_key(source: str, id: str) -> UUID:
    """Sixteen bytes that stand for (source, id)."""
    return uuid5(NAMESPACE, f"{source}\n{id}")


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC, with `Z`."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat()[:-6] + "Z"


def encode(event: Event) -> bytes:
    """The structured JSON bytes, stored and published as they are."""
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.data.type,
        "subject": event.subject,
        "time": iso(event.time),
        "datacontenttype": "application/json",
        "dataversion": event.data.version,
    }
    if event.recorded is not None:
        envelope["recordedtime"] = iso(event.recorded)
    for name, attribute in EXTENSIONS.items():
        if (value := getattr(event, attribute)) is not None:
            envelope[name] = value
    envelope["data"] = event.data.model_dump(mode="json", exclude_none=True)
    return orjson.dumps(envelope)
