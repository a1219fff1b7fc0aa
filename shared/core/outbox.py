"""What a service says: its facts as rows of its log, and its own heartbeats."""

from datetime import datetime

from shared.contracts.event import Event, encode, iso
from shared.contracts.signals import SourceHeartbeat
from shared.core.store import StoredFact


def stored(event: Event, stream: str, partition: int, cause: bytes | None) -> StoredFact:
    """The row of an event that this service decided; `cause` is the key of the event that made it speak."""
    return tuple.__new__(
        StoredFact,
        (stream, event.stream_version or 0, event.id, event.data.type, partition, event.subject or None,
         event.time, event.recorded or event.time, cause, event.traceparent, encode(event)),
    )  # fmt: skip


def heartbeat(source: str, partition: int, moment: datetime, closed: bool) -> Event:
    """A stage's own heartbeat: it has spoken about everything up to here.

    A stage that is down is our own lag, not a dead source: it has no lease.
    """
    return Event(
        id=f"{partition}@{iso(moment)}{'!' if closed else ''}",
        source=source,
        subject="",
        time=moment,
        data=SourceHeartbeat(closed=closed, lease_seconds=0),
    )
