"""How sure MBG/NBD is of a chance: too few customers, or too short a time, and it says anything."""

from bisect import bisect_left

import numpy as np

from services.insight.risk.mbg.histories import Histories
from services.insight.risk.mbg.likelihood import Floats
from services.insight.risk.mbg.mbg import Parameters, p_silent
from services.insight.risk.mbg.slope import slope

STEP = 1e-4
PRIOR = 0.25
"""Curvature of a loose prior on each log, so that what the data leave open is wide and not infinite."""


def doubt(p: Parameters, found: Histories, level: float, horizon: float) -> float:
    """Standard error of the log odds that who bought once stays away for the horizon, when the chance of it
    reaches a level: by the curvature of the likelihood (delta method)."""
    logs = np.log(np.array(p.as_tuple()))
    curved = -slope(logs, *found.now, found.customers).hessian + PRIOR * np.eye(len(logs))
    curves, axes = np.linalg.eigh(curved)
    weeks = _weeks(p, level, horizon)
    steps = [
        (_odds(logs + STEP * each, weeks, horizon) - _odds(logs - STEP * each, weeks, horizon)) / (2 * STEP)
        for each in np.eye(len(logs))
    ]
    along = axes.T @ np.array(steps)
    return float(np.sqrt(np.sum(along**2 / np.maximum(curves, PRIOR))))


def _weeks(p: Parameters, level: float, horizon: float) -> float:
    """After which who bought once has that chance, within two years."""
    tenths = bisect_left(range(1_040), level, key=lambda each: p_silent(p, 0, 0.0, each / 10, horizon))
    return tenths / 10


def _odds(logs: Floats, weeks: float, horizon: float) -> float:
    p = Parameters(*(float(each) for each in np.exp(logs)))
    stays = p_silent(p, 0, 0.0, weeks, horizon)
    return float(np.log(stays) - np.log1p(-stays))
