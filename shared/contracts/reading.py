"""Bytes to events: what is valid comes in, what is not is refused with a reason that helps its sender.

CloudEvents 1.0, Kafka protocol binding: structured mode, and binary mode with `ce_` headers.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from pydantic import ValidationError

from shared.contracts.characters import acting
from shared.contracts.compiled import any_json, read_at_once
from shared.contracts.event import Event, encode
from shared.contracts.fact import MAX_ID, YEARS, Fact, Vocabulary, moment

MAX_BYTES = 256 * 1024
WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)

Headers = Sequence[tuple[str, bytes | None]]


class Unreadable(ValueError):
    """This record breaks the contract; the text says where, without quoting personal data."""


class Unknown(Unreadable):
    """A type, or a version of one, that this listener does not know: another's business, or newer."""


def read(value: bytes | None, headers: Headers, vocabulary: Vocabulary) -> Event:
    """The event in a record, or `Unreadable`."""
    return read_record(value, headers, vocabulary)[0]


def read_record(value: bytes | None, headers: Headers, vocabulary: Vocabulary) -> tuple[Event, bytes]:
    """The event in a record and its structured JSON bytes, or `Unreadable`."""
    if value is None:
        raise Unreadable("the value is null: a fact cannot be deleted, publish a new one that corrects it")
    if len(value) > MAX_BYTES:
        raise Unreadable(f"{len(value)} bytes are more than the {MAX_BYTES} allowed for one event")
    if is_binary(headers):
        event = _checked(_binary(value, headers), vocabulary)
        return event, encode(event)
    return read_at_once(value, vocabulary) or read_step_by_step(value, vocabulary), value


def read_step_by_step(value: bytes, vocabulary: Vocabulary) -> Event:
    """A structured event by the longer way, which takes all that is allowed and says what is not."""
    return _checked(_parse(value, "the value"), vocabulary)


def _checked(attributes: dict[str, Any], vocabulary: Vocabulary) -> Event:
    event = _event(attributes, vocabulary)
    if name := acting(event):
        raise Unreadable(f"{name} holds a control character or a line break")
    return event


def recall(body: bytes, vocabulary: Vocabulary) -> Event:
    """An event that was taken before, from the bytes that were kept of it.

    Whatever has been refused since stays readable where it lies: a rule that became stricter is for the door.
    """
    return _event(_parse(body, "the body"), vocabulary, strict=False)


def is_binary(headers: Headers) -> bool:
    """Binary content mode: attributes in `ce_` headers, the value is the data alone.

    A content type of CloudEvents says structured, whatever else the headers hold (as the binding has it).
    """
    for name, _ in headers:
        if name == "ce_specversion":
            break
    else:
        return False
    kinds = [raw or b"" for name, raw in headers if name.lower() == "content-type"]
    return not any(kind.lower().startswith(b"application/cloudevents") for kind in kinds)


def _binary(value: bytes, headers: Headers) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    for name, raw in headers:
        if name.startswith("ce_"):
            attributes[name[3:]] = _text(name, raw)
    attributes["data"] = _parse(value, "the data") if value else {}
    return attributes


def _text(name: str, raw: bytes | None) -> str:
    try:
        return (raw or b"").decode()
    except UnicodeDecodeError:
        raise Unreadable(f"header {name!r} is not UTF-8") from None


def _parse(value: bytes, what: str) -> dict[str, Any]:
    try:
        parsed = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        parsed = any_json(value)
        if parsed is None:
            raise Unreadable(f"{what} is not JSON: {error}") from None
    if not isinstance(parsed, dict):
        raise Unreadable(f"{what} is JSON but not an object")
    return parsed


def _event(attributes: dict[str, Any], vocabulary: Vocabulary, *, strict: bool = True) -> Event:
    if attributes.get("specversion") != "1.0":
        raise Unreadable("specversion is not '1.0': this is not a CloudEvent 1.0")
    fact = _fact_class(_required(attributes, "type"), attributes, vocabulary)
    return Event(
        _required(attributes, "id"),
        _required(attributes, "source"),
        _optional(attributes, "subject") or "",
        _moment(_required(attributes, "time"), "time"),
        _data(fact, attributes, strict),
        _recorded(attributes),
        _optional(attributes, "causationid"),
        _optional(attributes, "correlationid"),
        _version(attributes, "streamversion"),
        _optional(attributes, "traceparent"),
    )


def _fact_class(type_: str, attributes: dict[str, Any], vocabulary: Vocabulary) -> type[Fact]:
    fact = vocabulary.get(type_)
    if fact is None:
        raise Unknown(f"type {type_!r} is not known here; known: {', '.join(sorted(vocabulary))}")
    version = _version(attributes, "dataversion")
    if version is None:
        return fact
    if version == 0:
        raise Unreadable("dataversion is 0: versions begin with 1")
    if version > fact.version:
        raise Unknown(f"{type_} version {version} is newer than {fact.version}, the newest known here")
    return fact


def _data(fact: type[Fact], attributes: dict[str, Any], strict: bool) -> Fact:
    data = attributes.get("data")
    if data is None and "data_base64" in attributes:
        raise Unreadable(f"{fact.type}: data_base64 is not read here: send JSON in data")
    try:
        return fact.model_validate({} if data is None else data, strict=None if strict else False)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "data"
        raise Unreadable(f"{fact.type}: {where}: {first['msg'].removeprefix('Value error, ')}") from None


def _required(attributes: dict[str, Any], name: str) -> str:
    if value := _optional(attributes, name):
        return value
    raise Unreadable(f"{name} is missing or empty")


def _optional(attributes: dict[str, Any], name: str) -> str | None:
    value = attributes.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Unreadable(f"{name} is not a string")
    if len(value) > MAX_ID:
        raise Unreadable(f"{name} is longer than {MAX_ID} characters")
    return value


def _version(attributes: dict[str, Any], name: str) -> int | None:
    value = attributes.get(name)
    if value is None:
        return None
    if type(value) is int and 0 <= value < 10**9:
        return value
    if not WHOLE.fullmatch(str(value)):
        raise Unreadable(f"{name} is not a whole number from 0 to 999999999")
    return int(value)


def _recorded(attributes: dict[str, Any]) -> datetime | None:
    text = _optional(attributes, "recordedtime")
    return None if text is None else _moment(text, "recordedtime")


def _moment(text: str, name: str) -> datetime:
    try:
        read = moment(text)
    except ValueError as error:
        raise Unreadable(f"{name} {text!r} {error}") from None
    if read.year not in YEARS:
        raise Unreadable(f"{name} {text!r} lies outside of the years {YEARS[0]} to {YEARS[-1]}")
    return read
