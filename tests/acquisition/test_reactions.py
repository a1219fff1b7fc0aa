"""Every sign of a person is a notice for their lead."""

from services.acquisition.lead import Notice
from services.acquisition.reactions import react
from shared.contracts.signals import OrderPaid, SourceHeartbeat, TouchRecorded, UserSignedUp
from shared.core.decider import Routed
from shared.core.stream import StreamName
from tests.example_facts import event


def test_a_touch_is_noticed_with_its_channel_and_campaign() -> None:
    touch = TouchRecorded(channel="search", campaign="spring", referrer="blog")
    assert react(event(touch, 0)) == [Routed(StreamName("lead", "anna"), Notice("touch", "search", "spring"))]


def test_a_sign_up_is_noticed() -> None:
    assert react(event(UserSignedUp(), 0)) == [
        Routed(StreamName("lead", "anna"), Notice("signed_up", "sign-up"))
    ]


def test_a_payment_is_noticed() -> None:
    paid = OrderPaid(order_id="o1", amount=500, currency="EUR")
    assert react(event(paid, 0)) == [Routed(StreamName("lead", "anna"), Notice("paid", "purchase"))]


def test_anything_else_is_nobodys_sign() -> None:
    assert react(event(SourceHeartbeat(), 0)) == []
