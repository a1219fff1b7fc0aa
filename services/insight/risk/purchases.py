"""Days of purchase of many customers as columns: what fits are made of, time-forward."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.risk.mbg.likelihood import Floats

Ints = NDArray[np.int64]
NEVER = np.iinfo(np.int64).max


class Silences(NamedTuple):
    """Silences, one a place. `columns` as in `Silence`, five rows; the day of return (`NEVER`: it lasts)."""

    columns: Floats
    back: Ints

    @property
    def last(self) -> Floats:
        return np.asarray(self.columns[1])

    def where(self, these: NDArray[np.bool_] | Ints) -> "Silences":
        return Silences(self.columns[:, these], self.back[these])


@dataclass(frozen=True, slots=True)
class Purchases:
    """Customer n bought on `days[starts[n]:starts[n + 1]]`, distinct and in order; each at least once."""

    starts: Ints
    days: Ints

    @property
    def count(self) -> int:
        """How many customers."""
        return max(0, len(self.starts) - 1)

    def until(self, day: int) -> "Purchases":
        """Only what came before the morning of that day."""
        if not len(self.days):
            return self
        kept = self.days < day
        counts = np.add.reduceat(kept.astype(np.int64), self.starts[:-1])
        return Purchases(np.concatenate(([0], np.cumsum(counts[counts > 0]))), self.days[kept])

    def thinned(self, most: int) -> "Purchases":
        """Every second customer, every fourth, and so on: as many as `most` at most, and mostly the same from
        week to week."""
        apart = 1
        while len(self.starts) - 1 > most * apart:
            apart *= 2
        if apart == 1:
            return self
        sizes = np.diff(self.starts)
        kept = np.arange(len(sizes)) % apart == 0
        starts = np.concatenate(([0], np.cumsum(sizes[kept])))
        return Purchases(starts, self.days[np.repeat(kept, sizes)])

    def silences(self) -> Silences:
        """Every silence there was, those that last included, customer by customer."""
        sizes = np.diff(self.starts)
        opens = np.repeat(self.starts[:-1], sizes)
        back = np.concatenate((self.days[1:], [NEVER]))
        back[self.starts[1:] - 1] = NEVER
        gap = np.zeros(len(self.days))
        gap[1:] = np.log(np.maximum(np.diff(self.days), 1))
        gap[self.starts[:-1]] = 0.0
        columns = (self.days[opens], self.days, np.arange(len(self.days)) - opens, _sums(gap, opens),
                   _sums(gap * gap, opens))  # fmt: skip
        return Silences(np.array(columns, dtype=np.float64), back)

    def standing(self) -> Silences:
        """The silence that each customer is in."""
        return self.silences().where(self.starts[1:] - 1)


def _sums(values: Floats, opens: Ints) -> Floats:
    """Running sums that begin anew with each customer."""
    total = np.cumsum(values)
    return np.asarray(total - total[opens] + values[opens])


def purchases(bought: Iterable[Sequence[int]]) -> Purchases:
    """From each customer's distinct days in order; who has none is left out."""
    each = [np.asarray(days, dtype=np.int64) for days in bought if len(days)]
    starts = np.concatenate(([0], np.cumsum([len(days) for days in each]))).astype(np.int64)
    return Purchases(starts, np.concatenate(each) if each else np.zeros(0, dtype=np.int64))
