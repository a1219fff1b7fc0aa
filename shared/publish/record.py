"""A row of the log as a Kafka record: facts and heartbeats as stored, a dead letter as far as it fits."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from shared.contracts.event import STRUCTURED
from shared.contracts.topics import DEAD_LETTERS, LARGEST_BYTES, LARGEST_DEAD_LETTER
from shared.core.dead_letter import cut, dead_letter_headers, headers_back
from shared.observe.telemetry import send_trace

BATCH_OVERHEAD = 61
RECORD_OVERHEAD = 21
"""Bytes: the frame of a batch, and the most that a record takes besides key, value and headers."""


WAYS_OUT = {
    "MessageSizeTooLargeError": "raise max.message.bytes of that topic above its size; it is tried again",
    "TopicAuthorizationFailedError": "let this service write that topic; it is tried again",
    "UnknownTopicOrPartitionError": "make that topic with `evergreen provision`; it is tried again",
}


class Record(NamedTuple):
    """What Kafka is given."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


def record_of(row: Any, service: str) -> Record:
    """The record of a row of `outbox`."""
    return _dead_letter(row, service) if row["kind"] == "dead_letter" else _said(row, service)


def _said(row: Any, service: str) -> Record:
    headers = [("content-type", STRUCTURED)]
    if trace := send_trace(row["trace"], service):
        headers.append(("traceparent", trace.encode()))
    key = row["key"].encode() if row["key"] else None
    return Record(service, row["partition"], key, row["body"], headers)


def _dead_letter(row: Any, service: str) -> Record:
    place = (service, row["topic"], row["partition"], row["offset_"], row["reason"], row["attempt"])
    original = headers_back(row["headers"])
    through = row["through"]  # the last of a run of the same record
    run = [] if through is None else [("evergreen-through", str(through).encode())]
    headers = dead_letter_headers(*place, original) + run
    whole = Record(DEAD_LETTERS, row["partition"], row["raw_key"], row["body"], headers)
    if size(whole) <= LARGEST_DEAD_LETTER:
        return whole
    key, body, kept, truncated = cut(row["raw_key"], row["body"], original)
    return whole._replace(key=key, value=body, headers=dead_letter_headers(*place, kept, truncated) + run)


def surely_fits(record: Record) -> bool:
    """Whether Kafka takes it uncompressed; what does not surely fit may still be taken when compressed."""
    limit = LARGEST_DEAD_LETTER if record.topic == DEAD_LETTERS else LARGEST_BYTES
    return len(record.value or b"") < limit // 2 or size(record) <= limit


def size(record: Record) -> int:
    """Bytes of a batch of this record alone, uncompressed, as `max.message.bytes` counts; never too few."""
    parts = [record.key, record.value]
    for name, value in record.headers:
        parts += (name.encode(), value)
    told = sum(1 if part is None else _varint(len(part)) + len(part) for part in parts)
    return BATCH_OVERHEAD + RECORD_OVERHEAD + _varint(len(record.headers)) + told


def refusal(row: Any, record: Record, error: Exception) -> str:
    """That Kafka refuses a row, where it lies in the log, and the way out; nothing of what it says."""
    way_out = WAYS_OUT.get(type(error).__name__, "it is tried again, and what follows it waits")
    return (
        f"Kafka does not take the {row['kind'].replace('_', ' ')} at position {row['position']} of the log "
        f"({size(record)} bytes) on topic {record.topic}: {type(error).__name__}: {way_out}"
    )


def _varint(number: int) -> int:
    """Bytes of a number as Kafka writes lengths: zigzag, seven bits a byte."""
    return (number.bit_length() + 7) // 7
