"""Golden events gone wrong in every way that a sender, a library or a wire can think of: seeded, endless."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any

# fmt: off
NUMBERS = (
    "0", "1", "-1", "1.0", "1e3", "1E+2", "-0", "-0.0", "01", "1.", ".5", "1e400", "-1e400", "1e-400",
    "NaN", "Infinity", "999999999", "1000000000", "9007199254740991", "9007199254740992",
    "1000000000000000", "9223372036854775808", "18446744073709551615", "18446744073709551616",
    "-9223372036854775809", "123456789012345678901234567890", "0.1", "1.7976931348623157e308", "2.5e-8",
    "100000000000000000000000.5",
)
TEXTS = (
    "", " ", "x", "x" * 128, "x" * 129, "é" * 128, "é" * 129, "😀" * 128, "a\u200db", "\xa0", "\ufeff",
    "\u0378", "a\nb", "a\tb", "\x00", "\x1f", "\x7f", "\x85", "\u2028", "\u2029", "\ue000", "\"", "\\",
    "/", "null", "true", "1", "01", "1.0", "-1", "EUR", "eur", "EURO", "returned", "withdrawn", "lost",
    "1.0 ", "0.3", "2026-03-01T10:30:00Z", "2026-03-01T10:30:00+01:00", "2026-03-01T10:30:00.123456789Z",
    "2026-03-01", "2026-03-01T10:30:00", "2026-03-01 10:30:00Z", "20260301T103000Z", "2026-W09-7T10:30Z",
    "2026-03-01T24:00:00Z", "1899-12-31T23:30:00-01:00", "1900-01-01T00:30:00+01:00",
    "2200-12-31T23:30:00-01:00", "2201-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "2026-02-30T00:00:00Z", "2026-03-01T10:30:00z",
    "2026-03-01T10:30:00-00:00", "2026-03-01T10:30:60Z", "2026-03-01T10:30:00+23:59", "1700000000",
    "order.paid",
)
NAMES = (
    "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataversion", "data",
    "extra", "recordedtime", "causationid", "correlationid", "streamversion", "traceparent",
    "data_base64", "partitionkey", "dataschema", "Id", "id ", "é", "",
)
# fmt: on
VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    [],
    {},
    [[]],
    {"a": {"b": [1, "x"]}},
    ["a"],
    [1],
    {"a": 1},
    {"": 2.5},
)
BYTES = (
    b'"\\{}[],:0123456789eE+-.tfn \t\n\r\x00\x1f\x7f\x80\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80\xed\xa0\x80u/'
)
ESCAPES = (
    r"\u0041",
    r"\ud800",
    r"\ud83d\ude00",
    r"\udc00",
    r"\u0000",
    r"\n",
    r"\/",
    r"\x",
    r"\u12",
    r"\u2028",
    "\\",
)
HOLE = "a hole for a number"


def mutated(envelope: dict[str, Any], random: Random) -> bytes:
    """The event with one to three faults in what it says, in how it is written, or in its bytes."""
    said = deepcopy(envelope)
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        random.choice((_change, _change, _change, _forget, _add))(said, random)
    text = _written(said, random)
    for _ in range(random.choice((0, 0, 0, 0, 1, 2))):
        text = random.choice((_repeat, _escape))(text, random)
    value = text.encode("utf-8", "surrogatepass")
    for _ in range(random.choice((0, 0, 0, 0, 0, 1, 1, 3))):
        value = _struck(value, random)
    return value


def _objects(value: Any) -> Iterator[Any]:
    """Every object and list within, itself included."""
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _objects(inner)


def _place(said: dict[str, Any], random: Random) -> tuple[Any, Any] | None:
    within = random.choice([said, *_objects(said)])
    keys = list(within) if isinstance(within, dict) else range(len(within))
    return (within, random.choice(keys)) if keys else None


def _value(random: Random) -> Any:
    kind = random.choice((NUMBERS, TEXTS, TEXTS, VALUES))
    value = deepcopy(random.choice(kind))
    return f"{HOLE} {value}" if kind is NUMBERS else value


def _change(said: dict[str, Any], random: Random) -> None:
    if place := _place(said, random):
        place[0][place[1]] = _value(random)


def _forget(said: dict[str, Any], random: Random) -> None:
    if place := _place(said, random):
        del place[0][place[1]]


def _add(said: dict[str, Any], random: Random) -> None:
    within = random.choice([each for each in _objects(said) if isinstance(each, dict)])
    within[random.choice((*NAMES, *TEXTS))] = _value(random)


def _written(said: dict[str, Any], random: Random) -> str:
    text = json.dumps(
        said,
        ensure_ascii=random.random() < 0.2,
        indent=random.choice((None, None, None, 1)),
        separators=random.choice(((",", ":"), (",", ":"), (", ", ": "))),
    )
    for number in NUMBERS:
        text = text.replace(f'"{HOLE} {number}"', number)
    return text


def _repeat(text: str, random: Random) -> str:
    """A name twice in the first object: which of them counts?"""
    name, value = random.choice(NAMES), random.choice((*NUMBERS, '"x"', "null", "{}", '{"a":1}'))
    said = f'"{name}":{value}'
    return text.replace("{", "{" + said + ",", 1) if random.random() < 0.5 else f"{text[:-1]},{said}}}"


def _escape(text: str, random: Random) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(ESCAPES) + text[at:]


def _struck(value: bytes, random: Random) -> bytes:
    at = random.randrange(len(value) + 1)
    byte = bytes([random.choice(BYTES)])
    strike: Callable[[], bytes] = random.choice(
        (
            lambda: value[:at] + byte + value[at:],
            lambda: value[:at] + byte + value[at + 1 :],
            lambda: value[:at] + value[at + 1 :],
            lambda: value[:at],
        )
    )
    return strike()
