"""Sign-ups and payments are for the customer."""

from services.conversion.customer import Pay, SignUp
from services.conversion.reactions import react
from shared.contracts.signals import OrderPaid, TouchRecorded, UserSignedUp
from shared.core.decider import Routed
from shared.core.stream import StreamName
from tests.example_facts import event


def test_a_sign_up_signs_the_customer_up_for_its_plan() -> None:
    assert react(event(UserSignedUp(plan="team"), 0)) == [
        Routed(StreamName("customer", "anna"), SignUp("team"))
    ]


def test_a_payment_is_paid_by_the_customer() -> None:
    paid = OrderPaid(order_id="o1", amount=500, currency="EUR")
    assert react(event(paid, 0)) == [Routed(StreamName("customer", "anna"), Pay("o1", 500, "EUR"))]


def test_a_touch_is_not_for_conversion() -> None:
    assert react(event(TouchRecorded(channel="search"), 0)) == []
