"""What a boundary's fits see, read from what insight keeps. Statements."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from services.insight.risk.calendar import Calendar
from services.insight.risk.known import Known, Uses
from services.insight.risk.purchases import purchases
from shared.storage.sql import statements

SQL = statements(Path(__file__).with_name("calibration.sql"))
MOST = 250_000
"""Customers that a fit is made from: every second, third.. of more, by a digest of their names."""


async def known(connection: Any, calendar: Calendar, week: int) -> Known:
    """What had happened before the boundary of a week, as far as it was heard of before the clock passed
    it."""
    now, moment = calendar.origin + 7 * week, calendar.boundary(week)
    sample = 1 + await connection.fetchval(SQL["buyers"]) // MOST
    asked = (date.fromordinal(now), moment, sample)
    bought = [tuple(row) for row in await connection.fetch(SQL["bought"], *asked)]
    used = await connection.fetch(SQL["used"], asked[0], sample, date.fromordinal(calendar.origin))
    ended = await connection.fetch(SQL["ended"], *asked)
    numbers = _numbers([customer for customer, _ in bought], [row["customer"] for row in (*used, *ended)])
    uses = {behaviour: _uses(rows, numbers) for behaviour, rows in groupby(used, key=itemgetter("behaviour"))}
    begins = min([days[0] for _, days in bought], default=now)
    return Known(
        begins, now, week, purchases(days for _, days in bought), uses,
        {numbers[row["customer"]]: row["day"] for row in ended},
    )  # fmt: skip


def _numbers(buyers: Sequence[str], others: Iterable[str]) -> dict[str, int]:
    """Buyers first, in order of their names; then those who only use."""
    bought = set(buyers)
    rest = sorted({each for each in others if each not in bought})
    return {customer: number for number, customer in enumerate((*buyers, *rest))}


def _uses(rows: Iterable[Any], numbers: dict[str, int]) -> Uses:
    found = sorted((numbers[row["customer"]], row["week"], row["quantity"]) for row in rows)
    columns = np.array(found, dtype=np.int64).reshape(-1, 3).T
    return Uses(columns[0], columns[1], columns[2])
