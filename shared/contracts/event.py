"""One event: a fact in its CloudEvents 1.0 envelope (structured JSON mode on our own topics)."""

from datetime import datetime
from functools import cache
from hashlib import blake2b, sha1
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from shared.contracts.fact import Fact, in_utc

NAMESPACE = UUID("6f1d2f6c-6a0b-5b52-9d0b-3f4a3a6d7b10")
VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
KEY_BYTES, SUBJECT_BYTES = 16, 8
STRUCTURED = b"application/cloudevents+json"


class Event(NamedTuple):
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

    @property
    def key(self) -> bytes:
        """What the sender calls this event: CloudEvents are unique by (source, id)."""
        return event_key(self.source, self.id)

    @property
    def identity(self) -> bytes:
        """The same for every delivery of this event, and for no other event: see `event_identity`."""
        return event_identity(self.source, self.id, self.subject)

    @property
    def origin(self) -> str:
        """The id that a whole chain of events shares: the first signal's."""
        return self.correlation or self.id


def event_key(source: str, id: str) -> bytes:
    """Sixteen bytes that stand for (source, id). Errors: `ValueError`, two pairs would share a key.

    The first line break ends the source: so it may hold none, and `read` lets none in.
    """
    if "\n" in source:
        raise ValueError(f"source {source!r} holds a line break: its events have no key of their own")
    return blake2b(f"{source}\n{id}".encode(), digest_size=KEY_BYTES).digest()


def event_identity(source: str, id: str, subject: str) -> bytes:
    """The key, then eight bytes for whom it is about: a pair is unique within one subject.

    A subject lies on one partition, in order: so which of two events was first, and that the second is told
    by it, is the same however partitions are interleaved, cut into batches and shared among processes.
    """
    return event_key(source, id) + blake2b(subject.encode(), digest_size=SUBJECT_BYTES).digest()


def fact_id(service: str, stream: str, version: int) -> str:
    """Deterministic, so that a fact published again is a recognisable duplicate: a UUID of version 5.

    Written out because `uuid5` takes four times as long, and every fact needs one.
    """
    hashed = _of_service(service).copy()
    hashed.update(f"{stream}/{version}".encode())
    digest = hashed.hexdigest()
    return (
        f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{VARIANT[digest[16]]}{digest[17:20]}-{digest[20:32]}"
    )


@cache
def _of_service(service: str) -> Any:
    return sha1(NAMESPACE.bytes + f"/evergreen/{service}\n".encode(), usedforsecurity=False)


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC, with `Z`."""
    return in_utc(moment).isoformat()[:-6] + "Z"


def encode(event: Event) -> bytes:
    """The structured JSON bytes, stored and published as they are."""
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.data.type,
        "subject": event.subject,
        "time": in_utc(event.time),
        "datacontenttype": "application/json",
        "dataversion": event.data.version,
    }
    if event.recorded is not None:
        envelope["recordedtime"] = in_utc(event.recorded)
    if event.causation is not None:
        envelope["causationid"] = event.causation
    if event.correlation is not None:
        envelope["correlationid"] = event.correlation
    if event.stream_version is not None:
        envelope["streamversion"] = event.stream_version
    if event.traceparent is not None:
        envelope["traceparent"] = event.traceparent
    envelope["data"] = event.data.__pydantic_serializer__.to_python(
        event.data, mode="json", exclude_none=True
    )
    return orjson.dumps(envelope, option=orjson.OPT_UTC_Z)
