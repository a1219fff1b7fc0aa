"""Who has gone quiet: the list someone came for, most valuable first."""

import csv
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from deploy.demo.report.alerts import Alert, standing
from deploy.purchases.money import major_units
from deploy.purchases.purchase import Log, Purchase

HEADER = (
    "customer", "last_purchase", "silent_days", "orders", "spent", "alert_raised", "key", "alert_id",
    "chance", "reasons",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quiet:
    """A customer on whom an alert stands; `name` as in the file, `spent` in minor units by currency."""

    name: str
    key: str
    last_purchase: date
    silent_days: int
    orders: int
    spent: Mapping[str, int]
    raised_at: datetime
    alert_id: str
    chance: float | None = None
    reasons: tuple[str, ...] = ()

    @property
    def value(self) -> Decimal:
        """To order by. Currencies are added up as they are: a log rarely has two."""
        return sum((major_units(amount, code) for code, amount in self.spent.items()), Decimal())

    @property
    def spent_text(self) -> str:
        return " + ".join(
            f"{major_units(amount, code):,} {code}" for code, amount in sorted(self.spent.items())
        )


def gone_quiet(log: Log, alerts: Iterable[Alert]) -> list[Quiet]:
    """Everybody on whom an alert stands, who spent most first."""
    bought: dict[str, list[Purchase]] = {}
    for purchase in log.purchases:
        bought.setdefault(purchase.customer, []).append(purchase)
    quiet = [
        _quiet(log, alert, bought[alert.customer]) for alert in standing(alerts) if alert.customer in bought
    ]
    return sorted(quiet, key=lambda one: (-one.value, one.name))


def _quiet(log: Log, alert: Alert, bought: Sequence[Purchase]) -> Quiet:
    spent: Counter[str] = Counter()
    for purchase in bought:
        spent[purchase.currency] += purchase.amount
    last = max(purchase.day for purchase in bought)
    return Quiet(
        name=log.names.get(alert.customer, alert.customer),
        key=alert.customer,
        last_purchase=last,
        silent_days=(log.end.date() - last).days,
        orders=len(bought),
        spent=spent,
        raised_at=alert.raised_at,
        alert_id=alert.id,
        chance=alert.chance,
        reasons=alert.reasons,
    )


def write_quiet(path: Path, quiet: Iterable[Quiet]) -> None:
    """The whole list as CSV, readable by its owner alone: it may name people."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for one in quiet:
            writer.writerow(
                (
                    one.name,
                    one.last_purchase,
                    one.silent_days,
                    one.orders,
                    one.spent_text,
                    one.raised_at.date(),
                    one.key,
                    one.alert_id,
                    "" if one.chance is None else f"{one.chance:.2f}",
                    "; ".join(one.reasons),
                )
            )
