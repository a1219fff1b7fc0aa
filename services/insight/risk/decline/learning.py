"""Learning from one behaviour's past weeks what became of use afterwards; a customer and week is one row."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from services.insight.risk.decline.model import UNTAUGHT
from services.insight.risk.decline.signs import Floats, Sums, signs
from services.insight.risk.decline.state import KEPT, PURCHASES
from services.insight.risk.known import Ints, Known, Uses

Bools = NDArray[np.bool_]

FEWEST_WEEKS = 4
"""Of use, before anybody is asked."""
PAST = 52
"""Weeks that are learnt from, the latest of those old enough to tell."""
LATER = 10**7
"""A day that never comes."""
CUSTOMERS, ROWS = 3_000, 20_000
"""At most so many are learnt from: every second or third of more."""
DRAWN = 100.0
"""Rows that the prior, UNTAUGHT, counts for, on the weight of a sign of usual spread."""
LEAST_SPREAD = 0.1
"""A sign that has hardly differed so far says nothing of what it will mean when it does."""
USUAL = 5.0


class Past(NamedTuple):
    """Customers by weeks: whether a row counts, its sums at the beginning of the week, and whether use
    fell."""

    counts: Bools
    seen: Sums
    fell: Bools


def behaviours(known: Known) -> list[str]:
    return sorted({*known.uses, PURCHASES} if len(known.purchases.days) else known.uses)


def uses(known: Known, behaviour: str) -> Uses:
    """By week, of a behaviour; purchases by the day."""
    if behaviour != PURCHASES:
        return known.uses[behaviour]
    customers = np.repeat(np.arange(len(known.purchases.starts) - 1), np.diff(known.purchases.starts))
    origin = known.now - 7 * known.week
    return Uses(customers, (known.purchases.days - origin) // 7, np.ones(len(customers), dtype=np.int64))


def scales(known: Known) -> tuple[tuple[str, float], ...]:
    """What one of each behaviour counts for in ALL_USE, where what is usual in a week with any counts for
    USUAL."""
    return tuple(
        (behaviour, float(f"{USUAL / len(known.uses) / max(of.quantities.mean(), 1e-9):.6g}"))
        for behaviour, of in sorted(known.uses.items())
        if len(of.quantities)
    )


def all_use(known: Known, scaled: tuple[tuple[str, float], ...]) -> Uses:
    """All use but purchases in one; a customer and week may have many rows."""
    each = [known.uses[behaviour] for behaviour, _ in scaled]
    counted = [scale * of.quantities for of, (_, scale) in zip(each, scaled, strict=True)]
    return Uses(
        np.concatenate([of.customers for of in each]), np.concatenate([of.weeks for of in each]),
        np.concatenate(counted),
    )  # fmt: skip


def past(known: Known, of: Uses, ahead: int, habit: int) -> Past | None:
    """Every week that is old enough to tell whether the `ahead` weeks from it on had at most half of the
    use, a week, that the `habit` weeks before it had. None: there is none."""
    table, first, ended = _table(known, of, KEPT + PAST + ahead)
    width = table.shape[1]
    weeks = np.arange(max(width - ahead - PAST, 1), width - ahead + 1)
    if not len(table) or width <= ahead:
        return None
    age = np.clip(weeks - first[:, None], 0, KEPT)
    last, squares, active = (_last(each, weeks) for each in (table, table**2, np.sign(table)))
    seen = Sums(
        age,
        last(KEPT),
        squares(KEPT),
        active(KEPT),
        last(1),
        last(2),
        last(4),
        last(8),
        _silent(table, weeks),
    )
    after = _last(table, weeks + ahead)(ahead) / ahead
    before = last(habit) / np.maximum(np.minimum(age, habit), 1)
    counts = (age >= FEWEST_WEEKS) & (seen.total > 0) & (weeks <= ended[:, None])
    return Past(counts, seen, after <= before / 2)


def _table(known: Known, of: Uses, width: int) -> tuple[Floats, Floats, Floats]:
    """Customers by the latest weeks up to now, the first week of each and the one in which they ended,
    counted from the first of these."""
    customers, places = np.unique(of.customers, return_inverse=True)
    step = 1 + len(customers) // CUSTOMERS
    mine = places % step == 0
    begins = max(known.week - width, (known.begins - known.now) // 7 + known.week)
    weeks, rows = of.weeks[mine] - begins, places[mine] // step
    table = np.zeros((len(customers[::step]), max(known.week - begins, 0)))
    inside = (weeks >= 0) & (weeks < table.shape[1])
    np.add.at(table, (rows[inside], weeks[inside]), of.quantities[mine][inside])
    first = np.full(len(table), np.inf)
    np.minimum.at(first, rows, weeks)
    day = (known.ended.get(int(customer), LATER) for customer in customers[::step])
    ended = (np.fromiter(day, np.float64) - known.now) // 7 + known.week - begins
    return table, first, ended


def _last(table: Floats, weeks: Ints) -> Callable[[int], Floats]:
    """Sums over so many weeks before each of these."""
    running = np.cumsum(np.pad(table, ((0, 0), (1, 0))), axis=1)
    return lambda so_many: running[:, weeks] - running[:, np.maximum(weeks - so_many, 0)]


def _silent(table: Floats, weeks: Ints) -> Ints:
    """Weeks since the last one with use."""
    when = np.where(table > 0, np.arange(table.shape[1]), -1)
    return np.asarray(weeks - 1 - np.maximum.accumulate(when, axis=1)[:, weeks - 1], dtype=np.int64)


def fitted(seen: Floats, fell: Floats) -> tuple[float, ...]:
    """Weights of signs by logistic regression, each sign measured in its own spread, drawn towards
    UNTAUGHT."""
    middle, spread = seen.mean(axis=0), np.maximum(seen.std(axis=0), LEAST_SPREAD)
    middle[0], spread[0] = 0.0, 1.0
    scaled, prior = (seen - middle) / spread, np.array(UNTAUGHT) * spread

    def below(weights: Floats) -> tuple[float, Floats]:
        z, drawn = scaled @ weights, DRAWN * np.concatenate(([0.0], (weights - prior)[1:]))
        value = float((np.logaddexp(0, z) - fell * z).sum() + drawn @ (weights - prior) / 2)
        return value, scaled.T @ (expit(z) - fell) + drawn

    found = minimize(below, prior, jac=True, method="L-BFGS-B").x / spread
    found[0] -= middle @ found
    return tuple(float(f"{weight:.6g}") for weight in found)


def rows(of: Past) -> tuple[Floats, Floats]:
    """Signs and answers of ROWS at most."""
    some = np.flatnonzero(of.counts)
    some = some[:: 1 + len(some) // ROWS]
    return signs(Sums(*(each.ravel()[some] for each in of.seen))), of.fell.ravel()[some].astype(np.float64)
