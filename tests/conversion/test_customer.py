"""A buyer: free user, customer, repeat buyer."""

from services.conversion.customer import CUSTOMER, Pay, SignUp
from shared.contracts.conversion import CustomerWon, OrderRepeated, UserJoined
from tests import scenario

given = scenario.given(CUSTOMER)
WON = CustomerWon(order_id="o1", amount=500, currency="EUR", was_user=False)


def test_a_sign_up_makes_a_user_once() -> None:
    given().when(SignUp("free")).then_and_no_more(UserJoined(plan="free"))


def test_the_first_payment_wins_the_customer() -> None:
    given().when(Pay("o1", 500, "EUR")).then(WON)


def test_a_free_user_who_pays_is_won_as_a_user() -> None:
    given(UserJoined(plan="free")).when(Pay("o1", 500, "EUR")).then(
        CustomerWon(order_id="o1", amount=500, currency="EUR", was_user=True)
    )


def test_a_later_payment_is_a_repeat_order_with_its_number() -> None:
    given(WON).when(Pay("o2", 700, "EUR")).then(
        OrderRepeated(order_id="o2", amount=700, currency="EUR", number=2)
    )
