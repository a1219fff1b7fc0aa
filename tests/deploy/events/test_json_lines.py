from datetime import UTC, datetime

from deploy.events.json_lines import json_lines
from shared.contracts.event import Event, encode
from shared.contracts.signals import SourceHeartbeat, TouchRecorded
from tests.deploy.purchases.bought import on

TOUCH = encode(Event("t1", "/shop", "C1", on(0), TouchRecorded(channel="mail")))
BEAT = encode(Event("b1", "/shop", "", on(1), SourceHeartbeat()))
NOBODY = encode(Event("t2", "/shop", "", on(0), TouchRecorded(channel="mail")))


def test_events_go_out_as_they_stand_keyed_by_customer_and_heartbeats_to_every_partition() -> None:
    found = json_lines([TOUCH + b"\n", b"\n", BEAT], 3)
    assert [(one.key, one.value, one.partition) for one in found.events] == [
        (b"C1", TOUCH, None),
        (None, BEAT, 0),
        (None, BEAT, 1),
        (None, BEAT, 2),
    ]
    assert (found.heartbeats, found.refused) == (1, [])


def test_a_line_that_signals_would_refuse_is_named_with_its_line_and_reason() -> None:
    lost, old = (
        TOUCH.replace(b"touch.recorded", b"touch.lost"),
        encode(Event("b2", "/shop", "", datetime(1900, 1, 1, tzinfo=UTC), SourceHeartbeat())),
    )
    found = json_lines([TOUCH, b"{", lost, NOBODY, old], 3)
    assert len(found.events) == 1
    assert [(one.line, one.reason.split()[0]) for one in found.refused] == [
        (2, "the"),
        (3, "type"),
        (4, "subject"),
        (5, "time"),
    ]
