"""The short way of reading says what the long way says, of every type, whatever is wrong, or nothing."""

from collections import Counter
from pathlib import Path
from random import Random

import orjson
import pytest
from hypothesis import given, settings

from shared.contracts.compiled import read_at_once
from shared.contracts.event import Event, encode
from shared.contracts.reading import Unreadable, read, read_step_by_step, recall
from shared.contracts.signals import OrderPaid
from tests.scenario import day
from tests.shared.contracts.facts import ALL, events
from tests.shared.contracts.mutations import mutated

GOLDEN = sorted((Path(__file__).parents[3] / "shared" / "contracts" / "golden").iterdir())
MUTATIONS = 3_000


def outcome(value: bytes, *, short: bool) -> str:
    """The event, with the type of everything in it, or why not."""
    try:
        event = read(value, (), ALL) if short else read_step_by_step(value, ALL)
        return repr((event, event.time.tzinfo, encode(event)))
    except Unreadable as reason:
        return f"{type(reason).__name__}: {reason}"


@pytest.mark.parametrize("path", GOLDEN, ids=[path.stem for path in GOLDEN])
def test_both_ways_say_the_same_of_every_type_gone_wrong(path: Path) -> None:
    envelope, random = orjson.loads(path.read_bytes()), Random(path.stem)
    ways: Counter[str] = Counter()
    for _ in range(MUTATIONS):
        value = mutated(envelope, random)
        long = outcome(value, short=False)
        assert outcome(value, short=True) == long, value
        way = "at once" if read_at_once(value, ALL) else "step by step"
        ways["refused" if long.startswith("Un") else way] += 1
    assert min(ways[way] for way in ("at once", "step by step", "refused")) > MUTATIONS / 50, ways


@pytest.mark.parametrize("path", GOLDEN, ids=[path.stem for path in GOLDEN])
def test_a_golden_event_in_one_line_is_read_at_once(path: Path) -> None:
    value = orjson.dumps(orjson.loads(path.read_bytes()))
    assert read_at_once(value, ALL) == read_step_by_step(value, ALL)


@settings(max_examples=300, deadline=None, database=None)
@given(events())
def test_what_we_write_ourselves_both_ways_read_alike(event: Event) -> None:
    value = encode(event)
    assert outcome(value, short=True) == outcome(value, short=False)


@pytest.mark.parametrize("depth", [10, 250, 900, 1_100, 5_000, 40_000])
@pytest.mark.parametrize("name", ["datacontenttype", "data", "extra"])
def test_both_ways_go_as_deep(name: str, depth: int) -> None:
    envelope = orjson.loads(GOLDEN[0].read_bytes()) | {name: "HERE"}
    for deep in (b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth):
        value = orjson.dumps(envelope).replace(b'"HERE"', deep)
        assert outcome(value, short=True) == outcome(value, short=False)


@pytest.mark.parametrize("digits", [20, 400, 5_000])
def test_a_whole_number_beyond_every_float_is_read_both_ways_and_again_where_it_lies(digits: int) -> None:
    value = encode(Event("o1", "/shop", "anna", day(1), OrderPaid(order_id="o1", amount=5, currency="EUR")))
    value = value.replace(b'"data":{', b'"data":{"ignored":' + b"9" * digits + b",")
    taken = outcome(value, short=True)
    assert taken == outcome(value, short=False)
    assert taken.startswith("Unreadable") == (digits > 4_300)  # Python's own limit
    if digits <= 4_300:
        assert recall(value, ALL) == read(value, (), ALL)
