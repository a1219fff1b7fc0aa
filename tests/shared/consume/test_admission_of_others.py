"""What another clock or another release says: believed as far as it can be, and never lost."""

from dataclasses import replace

import pytest

from shared.consume.admission import AHEAD, ON_APPEND, AdmissionPolicy, admit
from shared.contracts.event import encode
from tests.shared.consume.records import START, Record, record, taken
from tests.shared.core.reminders import HEARD, NOON, beat, minute, requested


@pytest.mark.parametrize("topic", ["requests", "hints"])
def test_by_its_own_stamp_nobody_vouches_for_a_time_to_come(topic: str) -> None:
    far = beat(60 * 24 * 365 * 173, lease=1)
    stamped = replace(record(far), topic=topic, timestamp=int(far.time.timestamp() * 1000), timestamp_type=0)
    assert not taken(stamped).heard
    assert taken(replace(stamped, timestamp_type=ON_APPEND)).heard  # then the broker's clock says so


def test_a_stamp_of_the_brokers_counts_although_our_own_clock_is_late() -> None:
    late = replace(record(requested("w1", "short", at=60)), timestamp=int(minute(60).timestamp() * 1000))
    assert taken(late).heard
    assert not taken(replace(late, timestamp_type=0)).heard


def test_a_heartbeat_that_a_stage_passes_on_from_the_edge_is_heard() -> None:
    edge = replace(record(beat(AHEAD.seconds / 60 + 1, lease=1)), topic="hints")
    assert taken(edge).heard
    assert not taken(replace(record(beat(AHEAD.seconds / 30 + 1, lease=1)), topic="hints")).heard


NEWER = [
    replace(
        Record(), value=encode(requested("w1", "short")).replace(b"reminder.requested", b"reminder.by_post")
    ),
    replace(Record(), value=encode(requested("w1", "short")).replace(b'"dataversion":1', b'"dataversion":2')),
]


@pytest.mark.parametrize("newer", NEWER)
def test_what_is_newer_than_this_listener_stays_where_it_is_with_all_that_follows(newer: Record) -> None:
    good = replace(Record(), topic="hints", key=None)
    lying = [good, replace(newer, topic="hints", offset=1), replace(good, offset=2), Record(offset=0)]
    admitted = taken(*lying)
    assert [(h.topic, h.offset) for h in admitted.heard] == [("hints", 0)]
    assert admitted.positions == {("hints", 0): (0, 1)}
    assert admitted.newer is not None
    assert admitted.newer[:2] == (("hints", 0), 1)
    assert not admitted.dead_letters
    again = taken(*lying[1:], positions={**START, ("hints", 0): 1})
    assert (again.positions, again.heard) == ({}, [])


@pytest.mark.parametrize("newer", NEWER)
def test_of_a_topic_of_others_every_listener_keeps_what_it_does_not_know(newer: Record) -> None:
    listener = AdmissionPolicy({"requests": HEARD}, frozenset(), frozenset({"requests"}), lambda key: 0)
    admitted = admit(listener, [newer, Record(offset=1, value=b"?")], START, NOON)
    assert [(each.offset, each.for_all, each.published) for each in admitted.dead_letters] == [
        (0, False, False)
    ]
    [theirs] = admit(
        replace(listener, dead_letters_for=frozenset({"requests"})), [newer], START, NOON
    ).dead_letters
    assert (theirs.for_all, theirs.published) == (True, True)
    assert admitted.refused.total() == 1
    assert admitted.positions == {("requests", 0): (0, 2)}
