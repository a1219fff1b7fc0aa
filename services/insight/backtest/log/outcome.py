"""What the whole log tells of every customer, asked of many at once: the answers that a backtest is judged
by."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.backtest.log.history import CANCELLED, PAID, USED, History, Ints

NEVER = 2**40
BEFORE = -(2**40)
BITS = 34
"""Of seconds since 1970, up to the year 2514, beside a customer's number."""


class Moments(NamedTuple):
    """Moments of many customers: number and second in one key, in order."""

    keys: Ints

    def after(self, whose: Ints, at: Ints) -> Ints:
        """The first at or after a moment, `NEVER` where there is none."""
        place = np.searchsorted(self.keys, (whose << BITS) + at)
        found = np.append(self.keys, -1)[place]
        return np.where(found >> BITS == whose, found & ((1 << BITS) - 1), NEVER)

    def before(self, whose: Ints, at: Ints) -> Ints:
        """The last before a moment, `BEFORE` where there is none."""
        place = np.searchsorted(self.keys, (whose << BITS) + at)
        found = np.concatenate(([-1], self.keys))[place]
        return np.where(found >> BITS == whose, found & ((1 << BITS) - 1), BEFORE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Moments in seconds since 1970. `active` are those of use, in a log without any those of purchases;
    `use` are the running sums of what was used, one more than there are; `began`: everybody's first."""

    customers: tuple[str, ...]
    end: int
    bought: Moments
    cancelled: Moments
    active: Moments
    use: NDArray[np.float64]
    began: Ints

    def use_between(self, whose: Ints, since: Ints, until: Ints) -> NDArray[np.float64]:
        """Of quantities, since one moment and before another."""
        first = np.searchsorted(self.active.keys, (whose << BITS) + np.maximum(since, 0))
        last = np.searchsorted(self.active.keys, (whose << BITS) + until)
        return np.asarray(self.use[last] - self.use[first])

    def numbers(self, names: list[str]) -> Ints:
        """The customers' places."""
        place = {name: number for number, name in enumerate(self.customers)}
        return np.array([place[name] for name in names], dtype=np.int64)


def outcome(history: History, end: int) -> Outcome:
    """Of a log that is complete up to `end`."""
    keys = (history.whose << BITS) + history.times // 1_000_000
    uses = history.kinds == (USED if history.has(USED) else PAID)
    quantities = np.where(history.kinds == USED, history.numbers, 1)[uses]
    return Outcome(
        history.customers, end, Moments(keys[history.kinds == PAID]),
        Moments(keys[history.kinds == CANCELLED]), Moments(keys[uses]),
        np.concatenate(([0.0], np.cumsum(quantities, dtype=np.float64))),
        history.times[history.starts[:-1]] // 1_000_000,
    )  # fmt: skip
