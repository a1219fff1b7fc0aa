"""`conversion`: from free user to paying customer."""

from shared.contracts.fact import Currency, Fact, Minor, Text, Whole, vocabulary
from shared.contracts.signals import SourceHeartbeat


class UserJoined(Fact):
    """A free user: not yet a customer."""

    type = "conversion.user_joined"
    plan: Text


class CustomerWon(Fact):
    """The first payment: a user became a customer."""

    type = "conversion.customer_won"
    order_id: Text
    amount: Minor
    currency: Currency
    was_user: bool


class OrderRepeated(Fact):
    """A later payment: the `number`-th order of this customer (the first is 1)."""

    type = "conversion.order_repeated"
    order_id: Text
    amount: Minor
    currency: Currency
    number: Whole


CONVERSION = vocabulary(UserJoined, CustomerWon, OrderRepeated, SourceHeartbeat)
