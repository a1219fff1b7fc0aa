"""Purchases made for tests: short to write, easy to read."""

from datetime import UTC, datetime, timedelta

from deploy.demo.report.alerts import Alert, State
from deploy.purchases.purchase import Log, Purchase

START = datetime(2024, 1, 1, tzinfo=UTC)


def on(day: float) -> datetime:
    """The n-th day, the first is 0."""
    return START + timedelta(days=day)


def bought(customer: str, *days: float, amount: int = 1_000, currency: str = "EUR") -> list[Purchase]:
    """One purchase on each of the days."""
    return [Purchase(f"{customer}-{day}", customer, on(day), amount, currency) for day in days]


def log_of(*purchases: Purchase, until: float = 400) -> Log:
    return Log("/files/test", purchases, on(until))


def alert(customer: str, day: float, state: State = "standing", ended: float | None = None) -> Alert:
    """An alert raised on that day."""
    moment = None if ended is None else on(ended)
    return Alert(f"{customer}@{day}", customer, on(day), state, moment)
