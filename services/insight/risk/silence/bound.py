"""From when on a silence is too long: from a chance on, or from a plain number of days on."""

from bisect import bisect_left
from math import copysign, exp, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.risk.mbg.likelihood import Floats
from services.insight.risk.silence.model import Model, chance, chances
from services.insight.risk.silence.state import Silence

PART = 0.5
"""Of the way from a bound to what was found later."""
LAST_BITS = 1e-9
"""Wider than any difference between numpy's and math's exponentials."""


class Bound(NamedTuple):
    """Too long from this chance on, or from so many days on where `days` says so."""

    chance: float
    days: int | None = None


def moved(before: Bound | None, found: Bound) -> Bound:
    """A part of the way from one bound to another of its kind: what is said must not jump."""
    if before is None or (before.days is None) != (found.days is None):
        return found
    if before.days is not None and found.days is not None:
        step = (found.days - before.days) * PART
        return Bound(1.0, before.days + int(step + copysign(0.99, step) if step else 0))
    odds = (1 - PART) * _odds(before.chance) + PART * _odds(found.chance)
    return Bound(float(f"{1 / (1 + exp(-odds)):.6g}"))


def _odds(chance: float) -> float:
    return log(chance / (1 - chance))


def is_reached(model: Model, bound: Bound, silence: Silence, day: int) -> bool:
    """On the morning of a day after the last purchase; once reached, it stays so."""
    if bound.days is not None:
        return day - silence.last >= bound.days
    return chance(model, silence, day) >= bound.chance


def first_day(model: Model, bound: Bound, silence: Silence, start: int, end: int) -> int | None:
    """The first from `start` to `end` on whose morning it is reached; None when none is."""
    if bound.days is not None:
        day = max(start, silence.last + bound.days)
        return day if day <= end else None
    if start > end or chance(model, silence, end) < bound.chance:
        return None
    there = bisect_left(range(start, end), True, key=lambda day: chance(model, silence, day) >= bound.chance)
    return start + there


def are_reached(model: Model, bounds: tuple[Bound, ...], silences: Floats, days: Floats) -> NDArray[np.bool_]:
    """Of many silences after so many days, a row a bound: at least those for which `is_reached` says so."""
    likely = chances(model, silences, days) + LAST_BITS
    return np.stack([likely >= each.chance if each.days is None else days >= each.days for each in bounds])
