"""Facts and alerts in a word each, said about anna."""

from datetime import date, datetime

from shared.contracts.event import Event
from shared.contracts.fact import Fact
from shared.contracts.insight import ChurnRiskRaised, ChurnRiskResolved, ChurnRiskWithdrawn, Clause
from shared.contracts.signals import OrderPaid
from tests.scenario import day


def raised(alert_id: str, opened: float = 0) -> ChurnRiskRaised:
    return ChurnRiskRaised(
        alert_id=alert_id, rule="silence", rule_version="silence-1", params_version="week-8",
        opened_on=on(opened).isoformat(), measures={"x": 1.0}, evidence=("p0",), traces=("a" * 32,),
        clauses=(Clause(name="p_silent", value=0.7512345, operator=">=", bound=0.75),),
    )  # fmt: skip


def resolved(alert_id: str, back: float = 0) -> ChurnRiskResolved:
    return ChurnRiskResolved(alert_id=alert_id, returned_at=day(back), evidence=("p1",))


def withdrawn(alert_id: str) -> ChurnRiskWithdrawn:
    return ChurnRiskWithdrawn(alert_id=alert_id, reason="a purchase heard late")


def paid(amount: int = 500, currency: str = "EUR", order: str = "o1") -> OrderPaid:
    return OrderPaid(order_id=order, amount=amount, currency=currency)


def event(fact: Fact, at: float, id: str | None = None, customer: str = "anna") -> Event:
    """On the n-th day."""
    moment: datetime = day(at)
    return Event(id or f"{fact.type}@{at}", "/test", customer, moment, fact)


def on(number: float) -> date:
    return day(number).date()
