"""From when on a silence is too long."""

from bisect import bisect_left
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.risk.mbg.likelihood import Floats
from services.insight.risk.silence.model import Model, chance, chances
from services.insight.risk.silence.state import Silence

LAST_BITS = 1e-9
"""Wider than any difference between numpy's and math's exponentials."""


class Bound(NamedTuple):
    """Too long from this chance on, and not before so many days; a chance of 0: the days alone decide."""

    chance: float
    days: int = 1

    @property
    def is_plain(self) -> bool:
        return self.chance == 0


def is_reached(model: Model, bound: Bound, silence: Silence, day: int) -> bool:
    """On the morning of a day; once reached, it stays so."""
    if day - silence.last < bound.days:
        return False
    return bound.is_plain or chance(model, silence, day) >= bound.chance


def first_day(model: Model, bound: Bound, silence: Silence, start: int, end: int) -> int | None:
    """The first from `start` to `end` on whose morning it is reached; None when none is."""
    start = max(start, silence.last + bound.days)
    if start > end or bound.is_plain:
        return start if start <= end else None
    if chance(model, silence, end) < bound.chance:
        return None
    there = bisect_left(range(start, end), True, key=lambda day: chance(model, silence, day) >= bound.chance)
    return start + there


def are_reached(model: Model, bounds: tuple[Bound, ...], silences: Floats, days: Floats) -> NDArray[np.bool_]:
    """Of many silences after so many days, a row a bound: at least those for which `is_reached` says so."""
    late = [days >= each.days for each in bounds]
    if all(each.is_plain for each in bounds):
        return np.stack(late)
    likely = chances(model, silences, days) + LAST_BITS
    return np.stack([there & (likely >= each.chance) for there, each in zip(late, bounds, strict=True)])
