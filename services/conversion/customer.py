"""A buyer: perhaps a free user first, a customer from the first payment on."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, assert_never

from shared.contracts.conversion import CustomerWon, OrderRepeated, UserJoined
from shared.core.decider import Decider

Fact = UserJoined | CustomerWon | OrderRepeated


class SignUp(NamedTuple):
    plan: str


class Pay(NamedTuple):
    order_id: str
    amount: int
    currency: str


class Customer(NamedTuple):
    user: bool = False
    orders: int = 0


def decide(customer: Customer, command: SignUp | Pay, at: datetime) -> Sequence[Fact]:
    match command:
        case SignUp(plan):
            return [] if customer.user else [UserJoined(plan=plan)]
        case Pay(order_id, amount, currency):
            return [_paid(customer, order_id, amount, currency)]
        case _:
            assert_never(command)


def _paid(customer: Customer, order_id: str, amount: int, currency: str) -> Fact:
    if customer.orders:
        number = customer.orders + 1
        return OrderRepeated(order_id=order_id, amount=amount, currency=currency, number=number)
    return CustomerWon(order_id=order_id, amount=amount, currency=currency, was_user=customer.user)


def evolve(customer: Customer, fact: Fact) -> Customer:
    match fact:
        case UserJoined():
            return Customer(True, customer.orders)
        case CustomerWon() | OrderRepeated():
            return Customer(customer.user, customer.orders + 1)
        case _:
            assert_never(fact)


CUSTOMER: Decider[Customer, SignUp | Pay, Fact] = Decider("customer", Customer(), decide, evolve)
