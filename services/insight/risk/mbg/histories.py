"""What a fit at a boundary sees of all customers, compressed to the few distinct histories."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from services.insight.risk.mbg.likelihood import Floats

WEEK = timedelta(weeks=1)


class Seen(NamedTuple):
    """A customer's purchase days before a boundary, and as of one week earlier (None: not begun)."""

    first: date
    last: date
    repeats: int
    last_before: date | None
    repeats_before: int | None


def seen(days: Sequence[date], boundary: date) -> Seen | None:
    """Of sorted distinct purchase days; None for who had not bought before the boundary."""
    known = [day for day in days if day < boundary]
    before = [day for day in known if day < boundary - WEEK]
    if not known:
        return None
    earlier = (before[-1], len(before) - 1) if before else (None, None)
    return Seen(known[0], known[-1], len(known) - 1, *earlier)


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """Distinct histories in a fixed order. Columns: x, t_x, T at the boundary; the same one week before
    (zeros for who was new in that week); how many customers share each. Times in weeks."""

    now: tuple[Floats, Floats, Floats]
    before: tuple[Floats, Floats, Floats]
    customers: Floats

    @property
    def count(self) -> int:
        return int(self.customers.sum())

    @property
    def repeaters(self) -> int:
        return int(self.customers[self.now[0] > 0].sum())

    def halves(self) -> tuple["Histories", "Histories"]:
        """Every other customer, so that both halves hold the same mixture."""
        ends = np.cumsum(self.customers)
        one = (ends + 1) // 2 - (ends - self.customers + 1) // 2
        return Histories(self.now, self.before, one), Histories(self.now, self.before, self.customers - one)


def histories(customers: Iterable[tuple[Seen, int]], boundary: date) -> Histories:
    """Of (what was seen, of how many customers), in any order and with repetitions: the sum is the same."""
    counted: Counter[tuple[float, ...]] = Counter()
    for each, count in customers:
        counted[_row(each, boundary)] += count
    rows = np.array(sorted(counted), dtype=np.float64).reshape(-1, 6)
    columns = [rows[:, place] for place in range(6)]
    weights = np.array([counted[key] for key in sorted(counted)], dtype=np.float64)
    return Histories((columns[0], columns[1], columns[2]), (columns[3], columns[4], columns[5]), weights)


def _row(each: Seen, boundary: date) -> tuple[float, ...]:
    long = ((boundary - each.first).days - 1) / 7
    now = (each.repeats, (each.last - each.first).days / 7, long)
    if each.last_before is None or each.repeats_before is None:
        return (*now, 0.0, 0.0, 0.0)
    return (*now, each.repeats_before, (each.last_before - each.first).days / 7, long - 1)
