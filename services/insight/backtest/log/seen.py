"""What was known of a history at each week's boundary, as columns that are cut and never made anew."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.backtest.log.history import CANCELLED, PAID, USED, History, Ints
from services.insight.risk.calendar import Calendar
from services.insight.risk.known import Known, Uses
from services.insight.risk.purchases import Purchases, purchases

BITS = 24
"""Of a day or week beside a customer's number, in one key."""


class Seen(NamedTuple):
    """Of all of history. `bought` has every customer who ever did, `buyers` their numbers; `first` is each
    customer's first day of purchase. `ended` are customers and days, in order of the days."""

    begins: int
    calendar: Calendar
    bought: Purchases
    buyers: Ints
    first: Ints
    used: Mapping[str, Uses]
    ended: tuple[Ints, Ints]

    def at(self, week: int) -> Known:
        """On the morning with which that week begins: nothing of that day or later."""
        now = self.calendar.origin + 7 * week
        number = _numbers(self.first < now)
        ended = self.ended[1] < now
        whose, days = number[self.ended[0][ended]], self.ended[1][ended]
        return Known(
            self.begins, now, week, self.bought.until(now),
            {name: cut for name, each in self.used.items() if len((cut := _until(each, week, number)).weeks)},
            dict(zip(whose.tolist(), days.tolist(), strict=True)),
        )  # fmt: skip


def _numbers(has_bought: NDArray[np.bool_]) -> Ints:
    """Buyers first, then the others, each in their order."""
    buyers = int(has_bought.sum())
    return np.where(has_bought, np.cumsum(has_bought) - 1, buyers + np.cumsum(~has_bought) - 1)


def _until(uses: Uses, week: int, number: Ints) -> Uses:
    kept = uses.weeks < week
    whose = number[uses.customers[kept]]
    order = np.argsort(whose, kind="stable")
    return Uses(whose[order], uses.weeks[kept][order], uses.quantities[kept][order])


def seen(history: History, calendar: Calendar) -> Seen:
    """Read once, cut as often as there are weeks."""
    days, whose = history.days(calendar), history.whose
    paid = history.kinds == PAID
    apart = _pairs(whose[paid], days[paid])
    first = np.full(len(history.customers), np.iinfo(np.int64).max)
    _, opens = np.unique(apart[0], return_index=True)
    first[apart[0][opens]] = apart[1][opens]
    ended = (history.kinds == CANCELLED) & (history.numbers == 1)
    order = np.argsort(days[ended], kind="stable")
    return Seen(
        int(days.min()) if len(days) else calendar.origin,
        calendar,
        Purchases(np.concatenate((opens, [apart.shape[1]])).astype(np.int64), apart[1])
        if len(opens)
        else purchases([]),
        apart[0][opens],
        first,
        _used(history, days, whose, calendar),
        (whose[ended][order], days[ended][order]),
    )


def _pairs(whose: Ints, days: Ints) -> Ints:
    """Two rows, customers and days, each pair once and in order."""
    kinds = np.unique((whose << BITS) + days)
    return np.stack([kinds >> BITS, kinds & ((1 << BITS) - 1)])


def _used(history: History, days: Ints, whose: Ints, calendar: Calendar) -> dict[str, Uses]:
    used = history.kinds == USED
    found = {}
    for text in np.unique(history.texts[used]):
        rows = used & (history.texts == text)
        keys = (whose[rows] << BITS) + (days[rows] - calendar.origin) // 7
        kinds, places = np.unique(keys, return_inverse=True)
        sums = np.bincount(places, weights=history.numbers[rows].astype(np.float64))
        found[history.words[text]] = Uses(kinds >> BITS, kinds & ((1 << BITS) - 1), sums.astype(np.int64))
    return dict(sorted(found.items()))
