"""Every field is of its type already, whatever its class: what a lax reader would bend is refused by name."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from shared.contracts.reading import Unreadable, read, recall
from shared.contracts.signals import SIGNALS
from tests.shared.contracts.facts import ALL

GOLDEN = Path(__file__).parents[3] / "shared" / "contracts" / "golden"
EXAMPLES = {path.stem: orjson.loads(path.read_bytes()) for path in sorted(GOLDEN.iterdir())}
BENT: dict[type, list[Any]] = {
    int: [1.0, "1", True, 2**53, 2**64 - 1, [1]],
    float: ["1.5", True, [1.5]],
    bool: [1, 0, "true", "yes", 1.0],
    str: [1, 1.5, True, ["a"], "two\nlines", "\x7f", "a\x85b", "\u2028"],
    list: [{"0": "a"}, "a", 1],
    dict: [[], "a", 1],
}
MOMENTS = [
    1_700_000_000,
    "1700000000",
    "2026-01-01T00:00:00",
    "2026-13-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
]


def bent(value: Any) -> list[Any]:
    """What is nearly such a value."""
    if isinstance(value, str) and "T" in value and value.endswith("Z"):
        return MOMENTS
    return BENT[type(value)]


CASES = [
    pytest.param(
        name, field, wrong, id=f"{name}:{field}={wrong!r}".encode("ascii", "backslashreplace").decode()
    )
    for name, example in EXAMPLES.items()
    for field, value in example["data"].items()
    for wrong in bent(value)
    if not (isinstance(value, float) and wrong == 1)
]


@pytest.mark.parametrize(("name", "field", "wrong"), CASES)
def test_what_is_nearly_right_is_refused_and_its_field_named(name: str, field: str, wrong: Any) -> None:
    envelope = EXAMPLES[name]
    with pytest.raises(Unreadable, match=rf"^{envelope['type']}: {field}") as refused:
        read(orjson.dumps(envelope | {"data": envelope["data"] | {field: wrong}}), [], ALL)
    assert "Value error" not in str(refused.value)


@pytest.mark.parametrize(
    "character", ["\x00", "\t", "\n", "\r", "\x1b", "\x7f", "\x85", "\x9f", "\u2028", "\u2029"]
)
@pytest.mark.parametrize(
    "attribute", ["id", "source", "subject", "causationid", "correlationid", "traceparent"]
)
def test_no_attribute_holds_a_control_character(attribute: str, character: str) -> None:
    envelope = EXAMPLES["conversion.customer_won.v1"] | {attribute: f"a{character}b"}
    with pytest.raises(Unreadable, match=r"holds a control character or a line break$"):
        read(orjson.dumps(envelope), [], ALL)
    headers = [(f"ce_{name}", str(value).encode()) for name, value in envelope.items() if name != "data"]
    with pytest.raises(Unreadable, match=r"holds a control character or a line break$"):
        read(orjson.dumps(envelope["data"]), headers, ALL)


def test_no_key_or_part_within_the_data_holds_one_either() -> None:
    alert = EXAMPLES["insight.churn_risk_raised.v1"]
    for wrong in ({"measures": {"a\nb": 1}}, {"evidence": ["ok", "a\nb"]}, {"clauses": [_clause("a\nb")]}):
        with pytest.raises(Unreadable, match=f"{next(iter(wrong))} holds a control character"):
            read(orjson.dumps(alert | {"data": alert["data"] | wrong}), [], ALL)


def _clause(name: str) -> dict[str, Any]:
    return {"name": name, "value": 1, "operator": ">", "bound": 0.5}


@pytest.mark.parametrize("text", ["caf\u00e9", "Zo\u00eb \U0001f600", "a\u200db", "\u00a0", "a b"])
def test_letters_of_any_script_are_no_control_characters(text: str) -> None:
    envelope = EXAMPLES["touch.recorded.v1"]
    event = read(orjson.dumps(envelope | {"subject": text, "data": {"channel": text}}), [], SIGNALS)
    assert (event.subject, dict(event.data)["channel"]) == (text, text)


def test_a_lone_surrogate_is_no_text() -> None:
    body = orjson.dumps(EXAMPLES["touch.recorded.v1"] | {"id": "HERE"}).replace(b"HERE", rb"\ud800")
    with pytest.raises(Unreadable, match="the value is not JSON"):
        read(body, [], SIGNALS)


def test_what_was_taken_before_the_rules_became_stricter_is_recalled() -> None:
    envelope = EXAMPLES["order.paid.v1"]
    data = envelope["data"] | {"amount": 1999.0, "order_id": "a\nb"}
    body = orjson.dumps(envelope | {"data": data, "id": "x\ny"})
    event = recall(body, SIGNALS)
    assert (event.id, dict(event.data)["amount"], dict(event.data)["order_id"]) == ("x\ny", 1999, "a\nb")
    with pytest.raises(Unreadable):
        read(body, [], SIGNALS)
