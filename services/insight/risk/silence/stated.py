"""The chance as it is stated: for each class of customer as often right as alerts would have been."""

from math import exp, log

import numpy as np

from services.insight.risk.mbg.likelihood import Floats

Shifts = tuple[float, float, float, float]
"""Of log odds: of who bought once, twice, three or four times, and more often."""
CERTAIN = 30.0


def stated(likely: float, repeats: int, shifts: Shifts) -> float:
    """From the chance that the bounds judge by."""
    odds = log(likely / (1 - likely)) if 0 < likely < 1 else CERTAIN if likely else -CERTAIN
    return 1 / (1 + exp(-odds - shifts[min(repeats, 4) // 2 + (repeats > 0)]))


def classes(repeats: Floats) -> Floats:
    """The place among the shifts of each."""
    return np.asarray(np.minimum(repeats, 4) // 2 + (repeats > 0))
