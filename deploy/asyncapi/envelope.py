"""The CloudEvents envelope of a fact as JSON schemas: structured in one piece, binary as headers and data."""

from typing import Any

from shared.contracts.fact import MAX_ID, NO_CONTROL, Fact

Schema = dict[str, Any]
TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": MAX_ID, "pattern": NO_CONTROL}
MOMENT: Schema = {"type": "string", "format": "date-time"}
REQUIRED = ("specversion", "id", "source", "type", "time")
OURS = ("recordedtime", "causationid", "correlationid", "streamversion")
TRACEPARENT: Schema = {"type": "string", "description": "W3C Trace Context of the current hop."}
ATTRIBUTES: Schema = {
    "specversion": {"type": "string", "const": "1.0"},
    "id": {
        **TEXT,
        "description": "Unique within the source: (source, id) names the event, at least of one subject.",
    },
    "source": {**TEXT, "description": "Who says so."},
    "type": TEXT,
    "subject": {
        "type": "string",
        "maxLength": MAX_ID,
        "pattern": NO_CONTROL,
        "description": "The customer id; also the record's key.",
    },
    "time": {**MOMENT, "description": "When it happened, with a time zone."},
    "datacontenttype": {"type": "string", "const": "application/json"},
    "dataversion": {"type": "integer", "minimum": 1, "description": "Version of the data; 1 when absent."},
    "recordedtime": {**MOMENT, "description": "When the service knew."},
    "causationid": {**TEXT, "description": "The id of the event that made the service decide this."},
    "correlationid": {**TEXT, "description": "The id of the first event of the whole chain."},
    "streamversion": {"type": "integer", "minimum": 0, "description": "Which fact of its stream this is."},
    "traceparent": {**TEXT, "description": "W3C Trace Context of the decision."},
}


def cloud_event() -> Schema:
    """What every event has around its data."""
    text = "A CloudEvents 1.0 envelope; attributes that a reader does not know are ignored."
    return {"type": "object", "description": text, "required": list(REQUIRED), "properties": ATTRIBUTES}


def structured(fact: type[Fact], ours: bool) -> Schema:
    """The whole event in the value. `ours`: the attributes that our own services add are required."""
    properties = {
        "type": {"type": "string", "const": fact.type},
        "dataversion": {"type": "integer", "minimum": 1, "maximum": fact.version},
        "data": reference(fact.__name__),
    }
    needed = [*(OURS if ours else ()), *(["data"] if has_needs(fact) else [])]
    own = {"type": "object", "properties": properties, **({"required": needed} if needed else {})}
    return {"allOf": [reference("CloudEvent"), own]}


def binary(fact: type[Fact]) -> Schema:
    """The attributes as headers; the value is the data alone."""
    properties = {f"ce_{name}": {"type": "string"} for name in ATTRIBUTES if name != "datacontenttype"}
    properties |= {"ce_type": {"type": "string", "const": fact.type}, "content-type": {"type": "string"}}
    properties["ce_specversion"] = {"type": "string", "const": "1.0"}
    return {"type": "object", "required": [f"ce_{name}" for name in REQUIRED], "properties": properties}


def has_needs(fact: type[Fact]) -> bool:
    """Whether there is anything that its data must say."""
    return any(field.is_required() for field in fact.model_fields.values())


def reference(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}
