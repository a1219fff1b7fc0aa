"""The laws can be broken: each names what was planted."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson

from tests.system.demo import laws
from tests.system.demo.runs.kept import Row

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
CAUSE = b"99"


def row(version: int, **change: Any) -> Row:
    body = orjson.dumps({"id": str(UUID(int=version)), "type": "won", "time": NOON.isoformat(), "data": {}})
    made = Row("ann", version, UUID(int=version), f"type-{version}", 0, CAUSE, NOON, body)
    return replace(made, **change)


def record(offset: int, value: bytes, partition: int = 0) -> Any:
    return SimpleNamespace(partition=partition, offset=offset, value=value)


def beat(offset: int, hour: int, closed: bool = False) -> Any:
    said = {"id": f"beat-{hour}", "type": laws.HEARTBEAT, "time": NOON.replace(hour=hour).isoformat()}
    return record(offset, orjson.dumps({**said, "data": {"closed": closed}}))


ROWS = [row(1), row(2)]
TOPIC = [record(0, ROWS[0].body), record(1, ROWS[1].body)]


def test_a_hole_and_a_version_told_twice_are_named() -> None:
    assert laws.with_holes([("ann", 1), ("bob", 1), ("ann", 2)]) == []
    assert laws.with_holes([("ann", 1), ("ann", 3)]) == ["ann: 3 came as number 2"]
    assert laws.with_holes([("ann", 1), ("ann", 1)]) == ["ann: 1 came as number 2"]


def test_a_second_fact_of_one_kind_and_cause_is_named() -> None:
    assert laws.decided_twice(ROWS) == []
    assert laws.decided_twice([row(1), row(2, type="type-1")]) != []


def test_what_a_topic_lacks_has_otherwise_or_made_up_is_named() -> None:
    first, second = (str(each.id) for each in ROWS)
    assert laws.unlike_its_topic(ROWS, [*TOPIC, record(2, ROWS[0].body)]) == []
    assert laws.unlike_its_topic(ROWS, TOPIC[:1]) == [second]
    assert laws.unlike_its_topic(ROWS[:1], TOPIC) == [second]
    assert laws.unlike_its_topic(ROWS, [record(0, ROWS[0].body, partition=1), TOPIC[1]]) == [first]
    assert laws.unlike_its_topic(ROWS, [record(0, ROWS[0].body + b" "), TOPIC[1]]) == [first]


def test_a_stream_published_out_of_order_is_named_and_one_told_again_is_not() -> None:
    assert laws.out_of_order(ROWS, [*TOPIC, record(2, ROWS[0].body)]) == []
    assert laws.out_of_order(ROWS, [record(0, ROWS[1].body), record(1, ROWS[0].body)]) != []


def test_a_fact_from_before_what_a_heartbeat_vouched_for_is_named() -> None:
    assert laws.broken_promises([beat(0, 12), record(1, ROWS[0].body)]) == []
    assert laws.broken_promises([record(0, ROWS[0].body), beat(1, 13), record(2, ROWS[0].body)]) == []
    assert len(laws.broken_promises([beat(0, 13), record(1, ROWS[0].body)])) == 1
    assert len(laws.broken_promises([beat(0, 11, closed=True), record(1, ROWS[0].body)])) == 1
