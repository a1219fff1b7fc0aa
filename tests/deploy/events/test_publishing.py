from argparse import Namespace
from datetime import UTC, datetime

import pytest

from deploy.errors import Trouble
from deploy.events.publishing import binary, event_of
from shared.contracts.reading import read
from shared.contracts.signals import SIGNALS, OrderPaid, SourceHeartbeat

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GOOD = ("order_id=A-1", "amount=1999", "currency=EUR")


def typed(type: str = "order.paid", *fields: str, **more: object) -> Namespace:
    envelope = {"customer": "C-7", "time": None, "id": None, "source": "/test", "binary": False}
    return Namespace(type=type, fields=fields, **{**envelope, **more})


def test_words_become_an_event_of_its_type() -> None:
    event = event_of(typed("order.paid", *GOOD), NOW)
    assert event.data == OrderPaid(order_id="A-1", amount=1999, currency="EUR")
    assert (event.subject, event.time) == ("C-7", NOW)


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (typed("order.lost"), "order.paid"),
        (typed("order.paid", *GOOD, customer=None), "--customer"),
        (
            typed("order.paid", "amount=1999"),
            "order_id: Field required.*It takes: order_id=… amount=… currency=…",
        ),
        (typed("order.paid", *GOOD, "colour=red"), "'colour=red' is not a field"),
        (typed("order.paid", "order_id=1", "amount=-1", "currency=EUR"), "amount"),
        (typed("order.paid", "order_id=1", "amount=19.99", "currency=EUR"), "amount '19.99': "),
        (typed("order.paid", *GOOD, time="2024-01-01"), "zone"),
        (typed("order.paid", *GOOD, time="noon"), "RFC 3339"),
        (typed("source.heartbeat", "lease_seconds=0"), "lease_seconds is 0"),
        (typed("source.heartbeat", time="1900-01-01T00:00:00Z"), "before 1980"),
        (typed("source.heartbeat", "closed=true"), "name its last moment with --time"),
        (typed("order.paid", *GOOD, customer="x" * 200), "longer than"),
    ],
)
def test_what_would_be_refused_later_is_trouble_now_with_the_way_out(args: Namespace, why: str) -> None:
    with pytest.raises(Trouble, match=why):
        event_of(args, NOW)


def test_a_heartbeat_is_about_nobody() -> None:
    assert event_of(typed("source.heartbeat", customer=None), NOW).subject == ""


def test_nobody_waits_long_for_the_next_heartbeat_of_who_typed_one() -> None:
    assert event_of(typed("source.heartbeat"), NOW).data == SourceHeartbeat(lease_seconds=60)
    told = event_of(typed("source.heartbeat", "lease_seconds=7200"), NOW)
    assert told.data == SourceHeartbeat(lease_seconds=7_200)


def test_binary_mode_says_the_same_as_structured() -> None:
    event = event_of(typed("order.paid", *GOOD), NOW)
    sent = binary(event)
    assert read(sent.value, list(sent.headers), SIGNALS) == event
    assert sent.key == b"C-7"
