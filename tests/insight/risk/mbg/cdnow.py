"""The CDNOW sample as the science sees it: the purchase days of each customer."""

from datetime import date, datetime, timedelta
from functools import cache

from deploy.purchases.cdnow import sample_path
from services.insight.risk.mbg.histories import Histories, histories, seen

ORIGIN = date(1997, 1, 1)


@cache
def days() -> dict[str, list[date]]:
    bought: dict[str, set[date]] = {}
    for line in sample_path().read_text().splitlines():
        customer, _, day, *_ = line.split()
        bought.setdefault(customer, set()).add(datetime.strptime(f"{day}Z", "%Y%m%d%z").date())
    return {customer: sorted(each) for customer, each in bought.items()}


@cache
def at_week(week: int) -> Histories:
    boundary = ORIGIN + timedelta(weeks=week)
    return histories([(each, 1) for bought in days().values() if (each := seen(bought, boundary))], boundary)
