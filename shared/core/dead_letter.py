"""How a record that could not be taken is kept and sent on: its bytes unchanged, its place, the reason."""

import base64
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import accumulate
from typing import Any

import orjson

from shared.contracts.event import STRUCTURED, encode
from shared.core.batch import Heard
from shared.core.store import DeadLetter

Headers = Sequence[tuple[str, bytes | None]]
CUT = 65_536
"""Bytes kept of each part of a dead letter that is too large for its topic."""
REASON = 1_000
"""Characters kept of a reason: an error may quote all it met, even what no database and no header takes."""
HEADER = 20
"""Bytes at most that a header takes on the wire besides its own name and value."""


class StandIn(bytes):
    """The value of a record that could not be had from Kafka, and why: never an event."""

    def __new__(cls, value: bytes, reason: str) -> "StandIn":
        made = super().__new__(cls, value)
        made.reason = reason
        return made

    reason: str


def headers_json(headers: Headers) -> str:
    """Headers as a JSON list of [name, base64 or null]: any bytes survive."""
    pairs = [[name, None if raw is None else base64.b64encode(raw).decode()] for name, raw in headers]
    return orjson.dumps(pairs).decode()


def headers_back(text: str) -> list[tuple[str, bytes | None]]:
    """The headers that `headers_json` kept."""
    return [(name, None if raw is None else base64.b64decode(raw)) for name, raw in orjson.loads(text)]


def dead_letter_headers(
    service: str,
    topic: str,
    partition: int,
    offset: int,
    reason: str,
    attempt: int,
    original: Headers,
    truncated: str | None = None,
) -> list[tuple[str, bytes]]:
    """The headers of a dead letter: who refused it, where it lay and why, then its own as `original-*`."""
    place = {
        "evergreen-refused-by": service,
        "evergreen-topic": topic,
        "evergreen-partition": str(partition),
        "evergreen-offset": str(offset),
        "evergreen-reason": reason,
        "evergreen-attempt": str(attempt),
    }
    if truncated:
        place["evergreen-truncated"] = truncated
    kept = [(f"original-{name}", raw or b"") for name, raw in original]
    return [(name, text.encode()) for name, text in place.items()] + kept


def cut(
    key: bytes | None, body: bytes | None, original: Headers
) -> tuple[bytes | None, bytes | None, Headers, str]:
    """What is sent of a record too large to be sent whole, and in words how much of what.

    A part larger than `CUT` bytes becomes its beginning; half a key would be another one, so it is left out.
    """
    told = []
    if key and len(key) > CUT:
        told.append(f"key: 0 of {len(key)} bytes")
        key = None
    sizes = [len(name.encode()) + len(raw or b"") for name, raw in original]
    ends = list(accumulate(size + HEADER for size in sizes))
    kept = bisect_right(ends, CUT)
    if kept < len(sizes):
        told.append(f"headers: {sum(sizes[:kept])} of {sum(sizes)} bytes")
    if body and len(body) > CUT:
        told.append(f"value: {CUT} of {len(body)} bytes")
        body = body[:CUT]
    return key, body, original[:kept], ", ".join(told)


def kept(
    record: Any, reason: str, recorded: datetime, *, for_all: bool = False, published: bool = True
) -> DeadLetter:
    """A record as it is kept: bytes, headers, place and reason; heard again, its next attempt."""
    return DeadLetter(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        body=record.value,
        headers=[(name, raw) for name, raw in record.headers],
        reason=reason.replace("\0", "").encode("ascii", "backslashreplace").decode()[:REASON],
        recorded=recorded,
        attempt=getattr(record, "attempt", 0) + 1,
        for_all=for_all,
        published=published,
    )


def joined(before: DeadLetter, letter: DeadLetter) -> DeadLetter | None:
    """One letter for both, when the record lies right behind that one and is alike to the byte; else None."""
    alike = replace(letter, offset=before.offset, through=before.through, recorded=before.recorded)
    is_next = letter.offset == (before.through or before.offset) + 1
    return replace(before, through=letter.offset) if is_next and alike == before else None


def dead_letter(heard: Heard, reason: str, recorded: datetime) -> DeadLetter:
    """What was heard and is not taken, as it came."""
    if heard.record is not None:
        return kept(heard.record, reason, recorded)
    key, body = heard.event.subject.encode(), heard.body or encode(heard.event)
    headers = [("content-type", STRUCTURED)]
    return DeadLetter(heard.topic, heard.partition, heard.offset, key, body, headers, reason, recorded)
