"""Every version of every fact ever published can be read for ever: one example each, never deleted."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from shared.contracts.event import encode, event_key
from shared.contracts.reading import read
from shared.contracts.topics import VOCABULARIES
from tests.shared.contracts.facts import ALL

GOLDEN = Path(__file__).parents[3] / "shared" / "contracts" / "golden"
EXAMPLES = sorted(GOLDEN.iterdir())
OURS = {"recordedtime", "causationid", "correlationid", "streamversion"}


def named(path: Path) -> str:
    return path.stem


def kept(old: Any, new: Any) -> bool:
    """All of `old` is in `new` unchanged; additive changes may have added to objects."""
    if isinstance(old, dict):
        return isinstance(new, dict) and all(name in new and kept(old[name], new[name]) for name in old)
    if isinstance(old, list):
        return isinstance(new, list) and len(old) == len(new) and all(map(kept, old, new))
    return bool(old == new)


@pytest.mark.parametrize("path", EXAMPLES, ids=named)
def test_each_example_is_read_and_written_again_with_every_attribute(path: Path) -> None:
    event = read(path.read_bytes(), [], ALL)
    old, new = orjson.loads(path.read_bytes()), orjson.loads(encode(event))
    assert kept(old | {"dataversion": event.data.version}, new)
    assert path.stem.startswith(f"{event.data.type}.v")


@pytest.mark.parametrize("path", EXAMPLES, ids=named)
def test_each_example_is_named_for_the_type_and_version_it_holds(path: Path) -> None:
    envelope = orjson.loads(path.read_bytes())
    assert path.name == f"{envelope['type']}.v{envelope['dataversion']}.json"


@pytest.mark.parametrize("path", EXAMPLES, ids=named)
def test_each_example_says_the_same_in_binary_mode(path: Path) -> None:
    envelope = orjson.loads(path.read_bytes())
    data = orjson.dumps(envelope.pop("data"))
    headers = [(f"ce_{name}", str(value).encode()) for name, value in envelope.items()]
    headers.append(("content-type", b"application/json"))
    assert read(data, headers, ALL) == read(path.read_bytes(), [], ALL)


@pytest.mark.parametrize("path", EXAMPLES, ids=named)
def test_each_example_of_a_stage_tells_when_it_was_known_and_why(path: Path) -> None:
    envelope = orjson.loads(path.read_bytes())
    assert OURS.issubset(envelope) == envelope["source"].startswith("/evergreen/")


def test_every_version_of_every_type_has_an_example() -> None:
    wanted = {
        f"{fact.type}.v{version}.json"
        for vocabulary in VOCABULARIES.values()
        for fact in vocabulary.values()
        for version in range(1, fact.version + 1)
    }
    assert {path.name for path in EXAMPLES} == wanted


def test_no_two_examples_are_the_same_event() -> None:
    events = [read(path.read_bytes(), [], ALL) for path in EXAMPLES]
    assert len({event_key(event.source, event.id) for event in events}) == len(EXAMPLES)


def test_an_attribute_lost_or_changed_on_the_way_would_be_seen() -> None:
    assert kept({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2, "new": 3}], "more": 4})
    for changed in ({"a": [1, {"b": 3}]}, {"a": [1]}, {"a": [1, {}]}, {}):
        assert not kept({"a": [1, {"b": 2}]}, changed)
