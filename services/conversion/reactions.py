"""What conversion does about what it hears."""

from collections.abc import Sequence

from services.conversion.customer import Pay, SignUp
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid, UserSignedUp
from shared.core.decider import Routed
from shared.core.stream import StreamName


def react(event: Event) -> Sequence[Routed[SignUp | Pay]]:
    match event.data:
        case UserSignedUp(plan=plan):
            return [Routed(StreamName("customer", event.subject), SignUp(plan))]
        case OrderPaid(order_id=order_id, amount=amount, currency=currency):
            return [Routed(StreamName("customer", event.subject), Pay(order_id, amount, currency))]
        case _:
            return []  # nobody's sign-up or payment
