"""What a service says: its facts as rows of its log, and its own heartbeats."""

from shared.contracts.event import Event, encode, iso
from shared.contracts.signals import SourceHeartbeat
from shared.core.store import StoredFact
from shared.core.watermark import Clock


def stored(event: Event, stream: str, partition: int, cause: Event | None) -> StoredFact:
    """The row of an event that this service decided."""
    return StoredFact(
        stream,
        event.stream_version or 0,
        event.id,
        event.data.type,
        partition,
        event.subject or None,
        event.time,
        event.recorded or event.time,
        cause.key if cause else None,
        event.traceparent,
        encode(event),
    )


def heartbeat(source: str, partition: int, clock: Clock) -> Event:
    """A stage's own heartbeat: it has spoken about everything up to here."""
    assert clock.watermark is not None
    return Event(
        id=f"{partition}@{iso(clock.watermark)}{'!' if clock.closed else ''}",
        source=source,
        subject="",
        time=clock.watermark,
        data=SourceHeartbeat(closed=clock.closed),
    )
