"""Each record is heard, passed over or refused with a reason; none is lost."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.consume.admission import AHEAD, dead_lettered
from shared.contracts.event import encode
from tests.shared.consume.records import START, Record, record, taken
from tests.shared.core.reminders import NOON, beat, requested


def reason(bad: Record) -> str:
    """Why this one became a dead letter, whole."""
    [kept] = taken(bad).dead_letters
    assert (kept.body, kept.key, list(kept.headers)) == (
        bad.value,
        bad.key,
        list(bad.headers),
    )
    assert (kept.topic, kept.partition, kept.offset) == (
        bad.topic,
        bad.partition,
        bad.offset,
    )
    return kept.reason


def test_a_good_record_is_heard_with_its_place_and_its_bytes() -> None:
    [heard] = taken(Record(offset=4)).heard
    assert (heard.topic, heard.partition, heard.offset) == ("requests", 0, 4)
    assert heard.body == Record().value
    assert heard.event == requested("w1", "short")


def test_a_binary_event_is_heard_in_structured_bytes() -> None:
    event = requested("w1", "short")
    names = {
        "specversion": "1.0",
        "id": "w1",
        "source": "/customers",
        "type": "reminder.requested",
        "subject": "short",
    }
    headers = [(f"ce_{name}", text.encode()) for name, text in {**names, "time": NOON.isoformat()}.items()]
    [heard] = taken(Record(value=b'{"minutes": 5}', headers=headers)).heard
    assert (heard.event, heard.body) == (event, encode(event))


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (Record(value=None), "the value is null"),
        (Record(value=b"\xff{"), "is not JSON"),
        (Record(value=b"[]"), "not an object"),
        (Record(value=b'{"specversion": "1.0"}'), "type is missing"),
        (Record(value=b'"' + b"x" * 300_000 + b'"'), "more than"),
        (replace(record(requested("w1", "long")), key=b"short"), "key is not the event's subject"),
        (record(requested("w1", "short")._replace(source="/evergreen/conversion")), "is the name of a stage"),
        (record(beat(1, "/evergreen/insight")), "is the name of a stage"),
        (replace(record(requested("w1", "short")), key=None), "key is not the event's subject"),
        (record(requested("w1", "")), "subject is missing"),
        (Record(partition=1), "belongs on partition 0, not 1: use the murmur2 partitioner"),
        (record(requested("w1", "short", at=AHEAD.seconds / 60 + 1)), "future of its arrival"),
        (record(beat(AHEAD.seconds / 60 + 1, lease=1)), "future of its arrival"),
        (record(beat(0, lease=0)), "lease_seconds is 0"),
        (record(beat(0, lease=1)._replace(time=datetime(1900, 1, 1, tzinfo=UTC))), "before 1980"),
        (record(beat(0, lease=1)._replace(time=datetime(1970, 1, 1, tzinfo=UTC))), "before 1980"),
        (Record(headers=[("ce_specversion", b"\xff")]), "not UTF-8"),
    ],
)
def test_what_breaks_the_contract_is_a_dead_letter_as_it_came_with_a_reason(bad: Record, why: str) -> None:
    assert why in reason(bad)


def test_a_clock_a_little_ahead_is_forgiven() -> None:
    assert taken(record(requested("w1", "short", at=AHEAD.seconds / 60))).heard


def test_a_log_may_be_as_old_as_1980_and_an_event_as_it_is() -> None:
    assert taken(record(beat(0, lease=1)._replace(time=datetime(1980, 1, 1, tzinfo=UTC)))).heard
    assert taken(record(requested("w1", "short")._replace(time=datetime(1900, 1, 1, tzinfo=UTC)))).heard


def test_a_heartbeat_needs_neither_key_nor_a_partition_of_its_own() -> None:
    assert taken(replace(record(beat(0, lease=1)), partition=1)).heard


def test_a_topic_of_our_own_is_not_asked_for_key_place_and_time() -> None:
    assert taken(replace(record(requested("w1", "short", at=60)), topic="hints", key=b"other")).heard


def test_who_is_not_the_keeper_counts_what_is_refused_and_parks_nothing() -> None:
    admitted = taken(Record(topic="hints", value=b"?"))
    assert not admitted.dead_letters
    assert admitted.refused.total() == 1
    assert admitted.positions == {("hints", 0): (0, 1)}


def test_what_was_taken_before_is_passed_over() -> None:
    admitted = taken(*(Record(offset=n) for n in range(5)), positions={("requests", 0): 3})
    assert [heard.offset for heard in admitted.heard] == [3, 4]
    assert admitted.positions == {("requests", 0): (3, 5)}


def test_where_a_partition_stands_in_other_topics_is_fenced_too_and_no_other_partition() -> None:
    positions = {("requests", 0): 4, ("hints", 0): 7, ("requests", 1): 2}
    batch = taken(Record(offset=4), positions=positions).batch(positions)
    assert batch.positions == {("requests", 0): (4, 5), ("hints", 0): (7, 7)}


def test_a_poll_of_nothing_new_moves_nothing() -> None:
    assert not taken(Record(offset=2), positions={("requests", 0): 3}).positions


def test_a_record_delivered_twice_in_one_poll_is_heard_once() -> None:
    assert len(taken(Record(offset=2), Record(offset=2)).heard) == 1


def test_what_nobody_can_read_is_refused_unread() -> None:
    broken = Record(headers=[("ce_specversion",)])  # type: ignore[list-item]
    with pytest.raises(ValueError):
        taken(broken)
    admitted = dead_lettered([replace(broken, headers=())], START, "ValueError: a header", NOON)
    assert [each.reason for each in admitted.dead_letters] == ["ValueError: a header"]
    assert admitted.positions == {("requests", 0): (0, 1)}


def test_a_reason_is_short_and_fit_to_be_kept_whatever_it_quotes() -> None:
    [kept] = dead_lettered([Record()], START, "bad \0 \ud800" + "x" * 10_000, NOON).dead_letters
    assert "\0" not in kept.reason
    assert len(kept.reason.encode()) <= 1_000


places = st.builds(
    Record,
    topic=st.sampled_from(["requests", "hints"]),
    partition=st.just(0),
    value=st.sampled_from([Record().value, b"?", None, encode(beat(0, lease=1))]),
)


@given(st.lists(places, max_size=30), st.integers(0, 10), st.integers(0, 10))
def test_every_record_is_heard_or_refused_or_was_taken_before(
    records: list[Record], requests: int, hints: int
) -> None:
    ends = dict.fromkeys(("requests", "hints"), 0)
    lying = []
    for each in records:
        lying.append(replace(each, offset=ends[each.topic]))
        ends[each.topic] += 1
    begun = {("requests", 0): requests, ("hints", 0): hints}
    admitted = taken(*lying, positions=begun)
    skipped = sum(each.offset < begun[each.topic, 0] for each in lying)
    assert len(lying) == len(admitted.heard) + len(admitted.dead_letters) + admitted.refused.total() + skipped
    moved = {topic: (start, ends[topic]) for (topic, _), start in begun.items() if ends[topic] > start}
    assert admitted.positions == {(topic, 0): move for topic, move in moved.items()}


def test_a_run_of_the_same_unreadable_record_is_one_letter_that_says_how_far_it_goes() -> None:
    run = [Record(offset=n, key=None, value=None) for n in range(4)]
    others = [
        Record(offset=4, key=b"k", value=None),
        Record(offset=5),
        Record(offset=6, key=b"k", value=None),
        Record(offset=8, key=b"k", value=None),
    ]
    admitted = taken(*run, *others)
    assert [(each.offset, each.through) for each in admitted.dead_letters] == [
        (0, 3), (4, None), (6, None), (8, None),
    ]  # fmt: skip
    assert len(admitted.heard) == 1
    assert admitted.refused.total() == 3
    assert list(admitted.positions.values()) == [(0, 9)]
