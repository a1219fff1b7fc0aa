"""How far what would have been stated at alerts lies from what came, for each class of customer."""

from math import log

import numpy as np

from services.insight.risk.mbg.likelihood import Floats
from services.insight.risk.silence.bound import Bound
from services.insight.risk.silence.learning.choice import Old, alerts
from services.insight.risk.silence.model import MOST, Model, chances
from services.insight.risk.silence.stated import Shifts, classes

DRAWN = 10.0
"""Alerts that the uncorrected chance counts for in each class."""


def shifts(model: Model, bound: Bound, trial: Old) -> Shifts:
    """What lies between what would have been stated at alerts and what came."""
    silences, counts = trial.silences, trial.counts
    after, told, right = alerts(model, bound, trial)
    whose = classes(silences.columns[2])
    found = []
    for each in range(4):
        these = told & (whose == each)
        number = counts[these]
        likely = np.minimum(chances(model, silences.columns[:, these], after[these]), MOST)
        found.append(_shift(likely, number, float(number @ right[these])))
    return found[0], found[1], found[2], found[3]


def _shift(likely: Floats, number: Floats, right: float) -> float:
    total = float(number.sum())
    if not total:
        return 0.0
    said = float(number @ likely) / total
    came = (right + DRAWN * said) / (total + DRAWN)
    return round(log(came / (1 - came)) - log(said / (1 - said)), 5)
