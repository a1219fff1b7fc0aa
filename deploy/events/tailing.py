"""Following a topic: every record as one readable line, those that can't be read included."""

import argparse
import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from deploy.events import topic as topics
from deploy.events.broker import kafka_of, unreachable
from deploy.purchases.money import Unpriced, major_units
from shared.contracts.event import Event, encode
from shared.contracts.reading import Unreadable, read
from shared.contracts.signals import SourceHeartbeat
from shared.contracts.topics import DEAD_LETTERS, VOCABULARIES

WIDEST = 100
PREFIX = "evergreen-"


async def tail(args: argparse.Namespace) -> None:
    """Print until the end, the count, or for ever."""
    address = kafka_of(args)
    reader = topics.consumer(address)
    shown = 0
    try:
        places = await _start(reader, address, args.topic)
        async for record in _records(reader, places, args):
            line = shown_as(record, args.json, args.heartbeats)
            if line is None:
                continue
            print(line, flush=True)
            shown += 1
            if shown == args.count:
                return
    finally:
        await reader.stop()


async def _start(reader: AIOKafkaConsumer, address: str, topic: str) -> list[TopicPartition]:
    try:
        await reader.start()
        return await topics.places(address, [topic])
    except (KafkaError, OSError) as error:
        raise unreachable(address, error) from None


async def _records(
    reader: AIOKafkaConsumer, places: Sequence[TopicPartition], args: argparse.Namespace
) -> AsyncIterator[ConsumerRecord]:
    ends = await topics.ends(reader, places)
    reader.assign(places)
    for place, end in ends.items():
        reader.seek(TopicPartition(*place), end)
    if args.begin == "beginning":
        await reader.seek_to_beginning()
    endless = args.follow or args.count is not None or args.begin == "now"
    while endless or await _before(reader, ends):
        for records in (await reader.getmany(timeout_ms=200)).values():
            for record in records:
                yield record


async def _before(reader: AIOKafkaConsumer, ends: Mapping[topics.Place, int]) -> bool:
    """Whether something that was there at the start is still to come."""
    for place, end in ends.items():
        if await reader.position(TopicPartition(*place)) < end:
            return True
    return False


def shown_as(record: ConsumerRecord, json: bool, heartbeats: bool) -> str | None:
    """The record as a line; None for a heartbeat that nobody asked for."""
    if record.topic == DEAD_LETTERS:
        return _letter(record, json)
    try:
        event = read(record.value, record.headers, VOCABULARIES[record.topic])
    except Unreadable as reason:
        return _unreadable(record, str(reason), json)
    if isinstance(event.data, SourceHeartbeat) and not heartbeats:
        return None
    return encode(event).decode() if json else _line(event)


def _line(event: Event) -> str:
    data = event.data.model_dump(mode="json", exclude_none=True)
    if "amount" in data and "currency" in data:
        data = {**data, "amount": _money(data["amount"], data["currency"])}
        del data["currency"]
    said = " ".join(f"{name}={_short(value)}" for name, value in data.items())
    cut = said if len(said) <= WIDEST else said[: WIDEST - 1] + "…"
    return f"{event.time:%Y-%m-%d %H:%M:%S}  {event.data.type:<34} {event.subject or '-':<12} {cut}"


def _money(amount: int, currency: str) -> str:
    try:
        return f"{major_units(amount, currency)} {currency}"
    except Unpriced:
        return f"{amount} {currency}"


def _short(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.4g}"
    return orjson.dumps(value).decode()


def _letter(record: ConsumerRecord, json: bool) -> str:
    headers = {name: (raw or b"").decode(errors="replace") for name, raw in record.headers}
    name, partition, offset = (headers.get(PREFIX + part) for part in ("topic", "partition", "offset"))
    place = f"{name}/{partition}@{offset}"
    reason = headers.get(PREFIX + "reason", "?")
    if json:
        return _json({"place": place, "reason": reason, "headers": headers}, record)
    return f"{place:<20} refused by {headers.get(PREFIX + 'refused-by')}: {reason}"


def _unreadable(record: ConsumerRecord, reason: str, json: bool) -> str:
    place = f"{record.topic}/{record.partition}@{record.offset}"
    return _json({"place": place, "reason": reason}, record) if json else f"{place:<20} unreadable: {reason}"


def _json(said: Mapping[str, Any], record: ConsumerRecord) -> str:
    body = None if record.value is None else base64.b64encode(record.value).decode()
    return orjson.dumps({**said, "value_base64": body}).decode()
