"""Bytes to events: what is valid comes in, what is not is refused with a reason that helps its sender.

CloudEvents 1.0, Kafka protocol binding: structured mode, and binary mode with `ce_` headers.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from pydantic import ValidationError

from shared.contracts.event import Event
from shared.contracts.fact import Fact, Vocabulary

MAX_BYTES = 256 * 1024
MAX_ID = 128
Headers = Sequence[tuple[str, bytes | None]]


class Unreadable(ValueError):
    """This record breaks the contract; the text says where, without quoting personal data."""


def read(value: bytes | None, headers: Headers, vocabulary: Vocabulary) -> Event:
    """The event in a record, or `Unreadable`."""
    if value is None:
        raise Unreadable("the value is null: a fact cannot be deleted, publish a new one that corrects it")
    if len(value) > MAX_BYTES:
        raise Unreadable(f"{len(value)} bytes are more than the {MAX_BYTES} allowed for one event")
    return _event(_attributes(value, headers), vocabulary)


def is_binary(headers: Headers) -> bool:
    """Binary content mode: attributes in `ce_` headers, the value is the data alone."""
    return any(name == "ce_specversion" for name, _ in headers)


def _attributes(value: bytes, headers: Headers) -> dict[str, Any]:
    if not is_binary(headers):
        return _parse(value, "the value")
    attributes: dict[str, Any] = {}
    for name, raw in headers:
        if name.startswith("ce_"):
            attributes[name[3:]] = _text(name, raw)
    attributes["data"] = _parse(value, "the data")
    return attributes


def _text(name: str, raw: bytes | None) -> str:
    try:
        return (raw or b"").decode()
    except UnicodeDecodeError:
        raise Unreadable(f"header {name} is not UTF-8") from None


def _parse(value: bytes, what: str) -> dict[str, Any]:
    try:
        parsed = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"{what} is not JSON: {error}") from None
    if not isinstance(parsed, dict):
        raise Unreadable(f"{what} is JSON but not an object")
    return parsed


def _event(attributes: dict[str, Any], vocabulary: Vocabulary) -> Event:
    if attributes.get("specversion") != "1.0":
        raise Unreadable("specversion is not '1.0': this is not a CloudEvent 1.0")
    fact = _fact_class(_required(attributes, "type"), attributes, vocabulary)
    return Event(
        id=_required(attributes, "id"),
        source=_required(attributes, "source"),
        subject=_optional(attributes, "subject") or "",
        time=_moment(_required(attributes, "time"), "time"),
        data=_data(fact, attributes.get("data")),
        recorded=_recorded(attributes),
        causation=_optional(attributes, "causationid"),
        correlation=_optional(attributes, "correlationid"),
        stream_version=_version(attributes, "streamversion", None),
        traceparent=_optional(attributes, "traceparent"),
    )


def _fact_class(type_: str, attributes: dict[str, Any], vocabulary: Vocabulary) -> type[Fact]:
    fact = vocabulary.get(type_)
    if fact is None:
        raise Unreadable(f"type {type_!r} is not known here; known: {', '.join(sorted(vocabulary))}")
    version = _version(attributes, "dataversion", 1) or 1
    if version > fact.version:
        raise Unreadable(f"{type_} version {version} is newer than {fact.version}, the newest known here")
    return fact


def _data(fact: type[Fact], data: object) -> Fact:
    try:
        return fact.model_validate(data if data is not None else {}, strict=False)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "data"
        raise Unreadable(f"{fact.type}: {where}: {first['msg']}") from None


def _required(attributes: dict[str, Any], name: str) -> str:
    value = _optional(attributes, name)
    if not value:
        raise Unreadable(f"{name} is missing or empty")
    return value


def _optional(attributes: dict[str, Any], name: str) -> str | None:
    value = attributes.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Unreadable(f"{name} is not a string")
    if len(value) > MAX_ID or "\x00" in value:
        raise Unreadable(f"{name} is longer than {MAX_ID} characters or holds a NUL")
    return value


def _version(attributes: dict[str, Any], name: str, default: int | None) -> int | None:
    value = attributes.get(name, default)
    try:
        return None if value is None else int(value)
    except (TypeError, ValueError):
        raise Unreadable(f"{name} is not an integer") from None


def _recorded(attributes: dict[str, Any]) -> datetime | None:
    text = _optional(attributes, "recordedtime")
    return None if text is None else _moment(text, "recordedtime")


def _moment(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"{name} {text!r} is not RFC 3339, such as 1997-01-01T00:00:00Z") from None
    if moment.tzinfo is None:
        raise Unreadable(f"{name} {text!r} has no time zone: add Z or an offset")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
