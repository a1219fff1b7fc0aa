"""Histories made of events, and everything in them told again the slow way."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from hypothesis import strategies as st

from services.insight.backtest.log.gathering import Gathering
from services.insight.backtest.log.history import History
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid
from tests.insight.risk.logs import ORIGIN, logs


def history(events: Iterable[Event]) -> History:
    gathering = Gathering()
    for event in events:
        gathering.hear(event)
    return gathering.history()


def many(each: Sequence[list[Event]]) -> list[Event]:
    """Each log as that of a customer of its own, in which every event has a name of its own."""
    return [
        event._replace(subject=f"c{number}", id=f"c{number}-{event.id}")
        for number, log in enumerate(each)
        for event in log
    ]


worlds = st.lists(logs, min_size=1, max_size=4).map(many).filter(bool)


def bought(customer: str, *days: float) -> list[Event]:
    """Purchases on these days after the origin, at noon."""
    paid = OrderPaid(order_id="o", amount=1, currency="EUR")
    return [Event(f"{customer}-{day}", "/shop", customer, noon(day), paid) for day in days]


def noon(day: float) -> datetime:
    return ORIGIN + timedelta(days=day, hours=12)
