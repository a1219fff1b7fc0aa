"""Silences as they truly were, and what alerts on them were worth: pure, and independent of who raised them.

Purchases of one day count as one. Every day with a purchase opens a silence; the customer's next day ends
it, and the last one is final as far as the log can tell.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median

from deploy.demo.report.alerts import Alert
from deploy.purchases.purchase import DAY, Purchase

FRAME = timedelta(weeks=39)
Days = Mapping[str, Sequence[date]]


@dataclass(frozen=True, slots=True)
class Worth:
    """Counts, and None where there is nothing to divide by. Delays in days since the last purchase."""

    silences: int
    final: int
    alerts: int
    true_alerts: int
    false_alerts: int
    precision: float | None
    recall: float | None
    median_delay_days: float | None


def days_bought(purchases: Iterable[Purchase]) -> dict[str, list[date]]:
    """The days on which each customer bought, merged and in order."""
    found: dict[str, set[date]] = {}
    for purchase in purchases:
        found.setdefault(purchase.customer, set()).add(purchase.day)
    return {customer: sorted(days) for customer, days in found.items()}


def worth(days: Days, alerts: Iterable[Alert], opened_until: date) -> Worth:
    """The worth of alerts on silences opened up to that day. Withdrawn alerts count as never raised."""
    lasts = {customer: each[-1] for customer, each in days.items()}
    final = sum(last <= opened_until for last in lasts.values())
    silences = sum(day <= opened_until for each in days.values() for day in each)
    judged = [
        (alert, opened) for alert in alerts if (opened := _opened(alert, days)) and opened <= opened_until
    ]
    true = [(alert, opened) for alert, opened in judged if opened == lasts[alert.customer]]
    found = {alert.customer for alert, _ in true}
    delays = [(alert.raised_at - _start(opened)) / DAY for alert, opened in true]
    return Worth(
        silences=silences,
        final=final,
        alerts=len(judged),
        true_alerts=len(true),
        false_alerts=len(judged) - len(true),
        precision=len(true) / len(judged) if judged else None,
        recall=len(found) / final if final else None,
        median_delay_days=median(delays) if delays else None,
    )


def framed_until(end: datetime) -> date:
    """The last day whose silence had 39 whole weeks to prove itself final before the log ended."""
    return (end - FRAME - DAY).date()


def _opened(alert: Alert, days: Days) -> date | None:
    """The customer's last day with a purchase before the alert; None when withdrawn or when there is none."""
    if alert.state == "withdrawn":
        return None
    each = days.get(alert.customer, ())
    place = bisect_left(each, alert.raised_at.astimezone(UTC).date())
    return each[place - 1] if place else None


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
