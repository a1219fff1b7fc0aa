"""Alerts and plain rules on the same silences: how often right, how many told of, and after how many days.

Every purchase opens a silence. Judged are those that had the label's weeks to end in: one is lasting when no
purchase came within them, and right is who was told of it while it lasted and saw nobody come back by the end
of the log.
"""

from bisect import insort
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.backtest.log.history import Ints
from services.insight.risk.purchases import NEVER, Purchases

Floats = NDArray[np.float64]
DAYS = tuple(range(1, 731))
GAPS = tuple(round(0.25 * step, 2) for step in range(2, 61))
WITHIN = (*range(0, 60, 3), *range(60, 180, 6), *range(180, 541, 15))
FEWEST = 20
"""Alerts below which a plain rule is no match for anything."""


class Cohort(NamedTuple):
    """Of each silence: whose, the days it opened and ended (`NEVER`), and the customer's usual gap before
    it."""

    whose: Ints
    opened: Ints
    back: Ints
    gap: Floats
    end: int
    since: int

    @property
    def lasting(self) -> NDArray[np.bool_]:
        return np.asarray(self.back == NEVER)


class Told(NamedTuple):
    """`precision`: of those told of, the part that lasted; `recall`: of those that lasted, the part told of;
    delays in days from the last purchase, over those that were right."""

    told: int
    right: int
    precision: float | None
    recall: float | None
    median_days: float | None
    mean_days: float | None


class Plain(NamedTuple):
    """A rule of one number, chosen in hindsight: days, or times the customer's own usual gap."""

    number: float
    told: Told


def cohort(bought: Purchases, buyers: Ints, since: int, end: int, weeks: int) -> Cohort:
    """Silences opened from one morning on, of which the log tells `weeks` whole weeks after the first day.
    `buyers` are the numbers of the customers."""
    silences = bought.silences()
    whose = np.repeat(buyers, np.diff(bought.starts))
    opened = bought.days
    kept = (opened + 1 + 7 * weeks <= end) & (opened >= since)
    return Cohort(
        whose[kept], opened[kept], silences.back[kept], own_gaps(bought)[kept], end, since
    )  # fmt: skip


def own_gaps(bought: Purchases) -> Floats:
    """At every purchase the median of the customer's gaps so far; of who has none the median of all there
    are."""
    found = np.full(len(bought.days), np.nan)
    gaps = np.diff(bought.days)
    within = np.ones(len(gaps), dtype=bool)
    within[bought.starts[1:-1] - 1] = False
    usual = float(np.median(gaps[within])) if within.any() else 30.0
    each = gaps.tolist()
    for first, last in zip(bought.starts[:-1].tolist(), bought.starts[1:].tolist(), strict=True):
        so_far: list[int] = []
        for place in range(first + 1, last):
            insort(so_far, each[place - 1])
            middle, odd = divmod(len(so_far), 2)
            found[place] = so_far[middle] if odd else (so_far[middle - 1] + so_far[middle]) / 2
    return np.where(np.isnan(found), usual, found)


def told_of(cohort: Cohort, days: Floats) -> Told:
    """What came of telling each silence after so many days (inf: not at all), unless it had ended before."""
    morning = cohort.opened + days
    told = (morning <= cohort.back) & (morning <= cohort.end)
    right = told & cohort.lasting
    number, lasting = int(told.sum()), int(cohort.lasting.sum())
    delays = days[right]
    return Told(
        number, int(right.sum()),
        round(float(right.sum()) / number, 6) if number else None,
        round(float(right.sum()) / lasting, 6) if lasting else None,
        float(np.median(delays)) if len(delays) else None,
        round(float(delays.mean()), 2) if len(delays) else None,
    )  # fmt: skip


def told_within(cohort: Cohort, days: Floats) -> list[float]:
    """Of the silences that lasted, the part told of within each number of days of `WITHIN`."""
    delays = np.sort(days[cohort.lasting & (cohort.opened + days <= cohort.end)])
    lasting = max(int(cohort.lasting.sum()), 1)
    return [round(float(each), 4) for each in np.searchsorted(delays, WITHIN, "right") / lasting]


def precision_by_days(cohort: Cohort) -> list[tuple[int, float, float]]:
    """Each number of days of `WITHIN` as a rule: the number, how often right, and what part it tells of."""
    each = ((days, told_of(cohort, np.full(len(cohort.opened), float(days)))) for days in WITHIN[1:])
    return [
        (days, told.precision, told.recall or 0.0)
        for days, told in each
        if told.precision is not None and told.told >= FEWEST
    ]


def days_of_alerts(cohort: Cohort, whose: Ints, mornings: Ints) -> Floats:
    """Of each silence, after how many days the first alert within it came; inf: none."""
    days = np.full(len(cohort.opened), np.inf)
    if not len(cohort.opened):
        return days
    keys = (cohort.whose << 24) + cohort.opened
    place = np.searchsorted(keys, (whose << 24) + mornings) - 1
    held = (place >= 0) & (cohort.whose[place] == whose)
    held &= mornings <= np.where(held, cohort.back[place], 0)
    np.minimum.at(days, place[held], (mornings - cohort.opened[place])[held].astype(np.float64))
    return days


def best_days(cohort: Cohort, precision: float) -> Plain | None:
    """The fewest days without a purchase that are right as often; None: no number of days is."""
    for number in DAYS:
        told = told_of(cohort, np.full(len(cohort.opened), float(number)))
        if told.told < FEWEST:
            return None
        if told.precision is not None and told.precision >= precision:
            return Plain(float(number), told)
    return None


def best_gaps(cohort: Cohort, precision: float) -> Plain | None:
    """The fewest own usual gaps without a purchase that are right as often."""
    for number in GAPS:
        told = told_of(cohort, np.ceil(number * cohort.gap))
        if told.told < FEWEST:
            return None
        if told.precision is not None and told.precision >= precision:
            return Plain(number, told)
    return None
