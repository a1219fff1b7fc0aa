"""Orders are for the relationship, alerts for care."""

from services.retention.care import Close, Open
from services.retention.reactions import react
from services.retention.relationship import Begin, Repeat
from shared.contracts.conversion import CustomerWon, OrderRepeated, UserJoined
from shared.contracts.policies import SilenceCalendarOpened
from shared.core.decider import Routed
from shared.core.stream import StreamName
from tests.example_facts import event, raised, resolved, withdrawn
from tests.scenario import day


def test_a_customer_won_begins_the_relationship() -> None:
    won = CustomerWon(order_id="o1", amount=500, currency="EUR", was_user=False)
    assert react(event(won, 0)) == [Routed(StreamName("relationship", "anna"), Begin("o1"))]


def test_a_repeated_order_is_the_relationships() -> None:
    repeated = OrderRepeated(order_id="o2", amount=700, currency="EUR", number=2)
    assert react(event(repeated, 0)) == [Routed(StreamName("relationship", "anna"), Repeat("o2", 2))]


def test_a_raised_alert_opens_a_care_play() -> None:
    assert react(event(raised("a1"), 0)) == [Routed(StreamName("care", "anna"), Open("a1", "silence"))]


def test_a_resolved_alert_closes_it_because_the_customer_returned() -> None:
    assert react(event(resolved("a1"), 0)) == [Routed(StreamName("care", "anna"), Close("a1", "returned"))]


def test_a_withdrawn_alert_closes_it_as_withdrawn() -> None:
    assert react(event(withdrawn("a1"), 0)) == [Routed(StreamName("care", "anna"), Close("a1", "withdrawn"))]


def test_what_is_about_no_relationship_orders_nothing() -> None:
    assert react(event(UserJoined(plan="free"), 0)) == []
    assert react(event(SilenceCalendarOpened(origin=day(0)), 0)) == []
