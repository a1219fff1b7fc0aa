"""One event typed by hand: checked by its model, enveloped, sent."""

import argparse
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
from pydantic import ValidationError

from deploy.errors import Trouble
from deploy.events.broker import kafka_of
from deploy.events.producer import Publisher, Record, record
from deploy.events.trace import traceparent
from shared.contracts.event import Event, encode
from shared.contracts.fact import Fact
from shared.contracts.reading import Unreadable, read
from shared.contracts.signals import SIGNALS, SourceHeartbeat, objection

BY_HAND = "lease_seconds=60"
"""A heartbeat typed by hand is the only one of its source: the clock shall not wait for the next."""
ENVELOPE = ("specversion", "id", "source", "type", "subject", "time", "dataversion", "traceparent")


async def publish(args: argparse.Namespace) -> None:
    """Send it and say where it lies."""
    event = event_of(args, datetime.now(UTC))
    form = binary if args.binary else record
    async with Publisher(kafka_of(args)) as publisher:
        everywhere = isinstance(event.data, SourceHeartbeat)
        partitions = range(publisher.partitions) if everywhere else (None,)
        for place in await publisher.send([form(event, partition) for partition in partitions]):
            print(f"{event.id}  {place.topic}/{place.partition}@{place.offset}")


def event_of(args: argparse.Namespace, now: datetime) -> Event:
    """The event as it would be read at the other end, or Trouble that lists what it needs."""
    model = SIGNALS.get(args.type)
    if model is None:
        raise Trouble(f"type {args.type!r} is not one of signals: {', '.join(sorted(SIGNALS))}")
    if not args.customer and model is not SourceHeartbeat:
        raise Trouble(f"{args.type} is about somebody: name them with --customer")
    data = _fact(model, args.fields if model is not SourceHeartbeat else [BY_HAND, *args.fields])
    if isinstance(data, SourceHeartbeat) and data.closed and args.time is None:
        raise Trouble("a source that closes vouches for its time: name its last moment with --time")
    name = args.id or str(uuid4())
    subject = "" if model is SourceHeartbeat else args.customer
    trace = traceparent(args.source, name, 1)
    event = Event(name, args.source, subject, _moment(args.time, now), data, traceparent=trace)
    try:
        return _read(event)
    except Unreadable as reason:
        raise Trouble(f"this would be refused: {reason}") from None


def _read(event: Event) -> Event:
    if isinstance(event.data, SourceHeartbeat) and (why := objection(event.data, event.time)):
        raise Unreadable(why)
    return read(encode(event), [], SIGNALS)


def _moment(text: str | None, now: datetime) -> datetime:
    if text is None:
        return now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Trouble(f"--time {text!r} is not RFC 3339, such as 1997-01-01T00:00:00Z") from None
    if moment.tzinfo is None:
        raise Trouble(f"--time {text!r} has no zone: add Z or an offset")
    return moment


def _fact(model: type[Fact], words: Iterable[str]) -> Fact:
    values: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name not in model.model_fields:
            raise Trouble(f"{word!r} is not a field of {model.type}. {fields_of(model)}")
        values[name] = value
    try:
        return model.model_validate(values, strict=False)  # typed by hand, all of it is text
    except ValidationError as error:
        said = "; ".join(f"{_at(each)}: {each['msg']}" for each in error.errors())
        raise Trouble(f"{model.type}: {said}. {fields_of(model)}") from None


def _at(error: Any) -> str:
    """Which field is wrong, and what was typed there."""
    name = ".".join(map(str, error["loc"]))
    return name if error["type"] == "missing" else f"{name} {error['input']!r}"


def fields_of(model: type[Fact]) -> str:
    """Its fields as one would type them; those in brackets may be left out."""
    names = [
        f"{name}=…" if field.is_required() else f"[{name}={'' if field.default is None else field.default}]"
        for name, field in model.model_fields.items()
    ]
    return f"It takes: {' '.join(names)}"


def binary(event: Event, partition: int | None = None) -> Record:
    """A CloudEvent in binary mode: the value is the data alone."""
    envelope = orjson.loads(encode(event))
    headers = [(f"ce_{name}", str(envelope[name]).encode()) for name in ENVELOPE if envelope.get(name)]
    headers.append(("content-type", b"application/json"))
    if event.traceparent:
        headers.append(("traceparent", event.traceparent.encode()))
    return Record(event.subject.encode() or None, orjson.dumps(envelope["data"]), headers, partition)
