"""The messages of a topic: for each fact its key, headers, payload and golden example."""

from pathlib import Path
from typing import Any

import orjson
from pydantic.json_schema import models_json_schema

from deploy.asyncapi.envelope import TRACEPARENT, Schema, binary, cloud_event, reference, structured
from shared.contracts import topics
from shared.contracts.event import STRUCTURED
from shared.contracts.fact import Fact, Vocabulary
from shared.core.dead_letter import dead_letter_headers

GOLDEN = Path(topics.__file__).with_name("golden")
KAFKA = {"bindingVersion": "0.5.0"}
CUSTOMER = {
    "type": "string",
    "minLength": 1,
    "maxLength": 128,
    "description": "The customer id, the same as the event's subject. The partition is its murmur2 hash's.",
}
NO_KEY = {"type": "null", "description": "No key: it is no customer's, and goes to a partition by number."}
Message = dict[str, Any]


def golden(fact: type[Fact]) -> dict[str, Any]:
    """The example of the newest version."""
    path = GOLDEN / f"{fact.type}.v{fact.version}.json"
    example: dict[str, Any] = orjson.loads(path.read_bytes())
    return example


def messages_of(vocabulary: Vocabulary, from_outside: bool) -> dict[str, Message]:
    """By component name. What comes from outside may be structured or binary, our own is structured."""
    found: dict[str, Message] = {}
    for fact in vocabulary.values():
        found[fact.type] = _structured(fact, ours="streamversion" in golden(fact))
        if from_outside:
            found[f"{fact.type}.binary"] = _binary(fact)
    return found


def _structured(fact: type[Fact], ours: bool) -> Message:
    kind = {"type": "string", "const": STRUCTURED.decode()}
    properties = {"content-type": kind, "traceparent": TRACEPARENT}
    headers = {"type": "object", "required": ["content-type"], "properties": properties}
    example = {"headers": {"content-type": STRUCTURED.decode()}, "payload": golden(fact)}
    return _message(fact, STRUCTURED.decode(), headers, structured(fact, ours), example)


def _binary(fact: type[Fact]) -> Message:
    attributes = golden(fact)
    data = attributes.pop("data")
    headers = {f"ce_{name}": str(value) for name, value in attributes.items() if name != "datacontenttype"}
    example = {"headers": {"content-type": "application/json", **headers}, "payload": data}
    return _message(fact, "application/json", binary(fact), reference(fact.__name__), example)


def _message(
    fact: type[Fact], kind: str, headers: Schema, payload: Schema, example: dict[str, Any]
) -> Message:
    return {
        "name": fact.type,
        "title": f"{fact.type}, version {fact.version}",
        "summary": (fact.__doc__ or "").strip().splitlines()[0],
        "contentType": kind,
        "headers": headers,
        "payload": payload,
        "bindings": {"kafka": {"key": CUSTOMER if golden(fact)["subject"] else NO_KEY, **KAFKA}},
        "examples": [{"name": f"{fact.type}.v{fact.version}", **example}],
    }


def dead_letter() -> Message:
    """A record as it came, with headers that say who refused it and why."""
    place = dead_letter_headers("acquisition", "signals", 3, 1742, "id is missing or empty", 1, [("x", b"1")])
    said = {name: raw.decode() for name, raw in place}
    required = [name for name in said if name.startswith("evergreen-")]
    properties = {name: {"type": "string"} for name in required}
    patterns = {"^original-": {"type": "string", "description": "A header of the record, bytes unchanged."}}
    headers = {
        "type": "object",
        "required": required,
        "properties": properties,
        "patternProperties": patterns,
    }
    return {
        "name": "dead-letter",
        "title": "What could not be taken",
        "summary": "The original bytes and key; the headers say who refused it, where it lay and why.",
        "contentType": "application/octet-stream",
        "headers": headers,
        "payload": {"description": "The original bytes, whatever they are."},
        "bindings": {"kafka": {"key": {"description": "The original key, whatever it was."}, **KAFKA}},
        "examples": [{"name": "no id", "headers": said, "payload": '{"specversion": "1.0"}'}],
    }


def schemas_of(vocabularies: list[Vocabulary]) -> dict[str, Schema]:
    """The envelope, and the data of every fact, by class name."""
    facts = {fact.__name__: fact for vocabulary in vocabularies for fact in vocabulary.values()}
    wanted = [(fact, "validation") for fact in facts.values()]
    _, defined = models_json_schema(wanted, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    return {"CloudEvent": cloud_event(), **defined["$defs"]}
