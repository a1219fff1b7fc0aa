"""What use of late says of use to come: the signs that a decline is foretold by, for one or many alike."""

from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.risk.decline.state import KEPT

Floats = NDArray[np.float64]

SIGNS = (
    "always", "last week over habit", "last 2 weeks over habit", "last 4 weeks over habit",
    "last 8 weeks over habit", "8 weeks beyond chance", "weeks without use over own gap", "size of habit",
    "unevenness", "length of habit", "last 8 weeks over habit, by its size", "part of weeks with use",
)  # fmt: skip
CALM = 4.0
"""Weeks that an even habit, as of Poisson, counts for beside the customer's own unevenness."""
HALF = 0.5
"""Added to counts, so that none has a log as well."""


class Sums(NamedTuple):
    """Of the weeks that are remembered, each a number or an array of one shape: how many there are; the
    sum of their quantities and of its squares; how many had use; the sums of the last 1, 2, 4 and 8; and
    for how many weeks there was none."""

    age: Any
    total: Any
    squares: Any
    active: Any
    last_1: Any
    last_2: Any
    last_4: Any
    last_8: Any
    silent: Any


def sums(weeks: Sequence[int]) -> Sums:
    """Of one customer, the newest week last."""
    silent = next((n for n, quantity in enumerate(reversed(weeks)) if quantity), len(weeks))
    return Sums(
        len(weeks), sum(weeks), sum(each * each for each in weeks), sum(each > 0 for each in weeks),
        sum(weeks[-1:]), sum(weeks[-2:]), sum(weeks[-4:]), sum(weeks[-8:]), silent,
    )  # fmt: skip


def sums_of_all(table: Floats, ages: Floats) -> Sums:
    """Of many customers: quantities by KEPT weeks, the newest last, and how many of these there were so
    far."""
    used = table > 0
    silent = np.where(used.any(axis=1), np.argmax(used[:, ::-1], axis=1), ages)
    return Sums(
        ages, table.sum(axis=1), (table * table).sum(axis=1), used.sum(axis=1), table[:, -1],
        table[:, -2:].sum(axis=1), table[:, -4:].sum(axis=1), table[:, -8:].sum(axis=1), silent,
    )  # fmt: skip


def table_of(each: Sequence[Sequence[int]]) -> Floats:
    """Quantities by customer and KEPT weeks, the newest last; nothing before the first of use."""
    padded = chain.from_iterable(chain(repeat(0, KEPT - len(weeks)), weeks) for weeks in each)
    return np.fromiter(padded, np.float64, len(each) * KEPT).reshape(-1, KEPT)


def ages_of(each: Sequence[Sequence[int]]) -> Floats:
    return np.array([len(weeks) for weeks in each], dtype=np.float64)


def signs(seen: Sums) -> Floats:
    """In the order of SIGNS, along a last axis. There is at least one week, and some use.

    Quantities are counted in units as large as chance makes them (variance over mean, drawn towards
    Poisson's 1), so that who uses much at once and who uses little often are held to the same.
    """
    age, habit = seen.age, seen.total / seen.age
    variance = np.maximum(seen.squares - seen.total * habit, 0.0) / np.maximum(age - 1, 1)
    unit = np.maximum((age * variance / habit + CALM) / (age + CALM), 0.3)
    even = habit / unit
    size = np.log(8 * even + HALF)
    weeks_8 = np.minimum(age, 8)
    last_8 = np.log((seen.last_8 / unit + HALF) / (even * weeks_8 + HALF))
    busy = seen.active / age
    columns = (
        np.ones_like(habit),
        np.log((seen.last_1 / unit + HALF) / (even + HALF)),
        np.log((seen.last_2 / unit + HALF) / (even * np.minimum(age, 2) + HALF)),
        np.log((seen.last_4 + HALF) / (habit * np.minimum(age, 4) + HALF)),
        last_8,
        (even * weeks_8 - seen.last_8 / unit) / np.sqrt(even * weeks_8 + HALF),
        np.log1p(seen.silent * busy),
        size, np.log(unit), np.log(age), last_8 * size, busy,
    )  # fmt: skip
    return np.stack(np.broadcast_arrays(*columns), axis=-1)
