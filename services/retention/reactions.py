"""What retention does about what it hears."""

from collections.abc import Sequence

from services.retention.care import Close, Open
from services.retention.relationship import Begin, Repeat
from shared.contracts.conversion import CustomerWon, OrderRepeated
from shared.contracts.event import Event
from shared.contracts.insight import ChurnRiskRaised, ChurnRiskResolved, ChurnRiskWithdrawn
from shared.core.decider import Routed
from shared.core.stream import StreamName


def react(event: Event) -> Sequence[Routed[Begin | Repeat | Open | Close]]:
    customer = event.subject
    match event.data:
        case CustomerWon(order_id=order_id):
            return [Routed(StreamName("relationship", customer), Begin(order_id))]
        case OrderRepeated(order_id=order_id, number=number):
            return [Routed(StreamName("relationship", customer), Repeat(order_id, number))]
        case ChurnRiskRaised(alert_id=alert_id, rule=rule):
            return [Routed(StreamName("care", customer), Open(alert_id, rule))]
        case ChurnRiskResolved(alert_id=alert_id):
            return [Routed(StreamName("care", customer), Close(alert_id, "returned"))]
        case ChurnRiskWithdrawn(alert_id=alert_id):
            return [Routed(StreamName("care", customer), Close(alert_id, "withdrawn"))]
        case _:
            return []  # not about a relationship
