"""Newton's method to the top of a hill within bounds: few steps, and the same top from every start."""

from collections.abc import Callable

import numpy as np

from services.insight.risk.mbg.likelihood import Floats
from services.insight.risk.mbg.slope import Slope

LOWEST, HIGHEST = np.log(1e-3), np.log(1e4)
Hill = Callable[[Floats], Slope]


def climb(hill: Hill, start: Floats) -> tuple[Floats, bool]:
    """The top within the bounds, and whether the steps to it died away."""
    place = np.clip(start, LOWEST, HIGHEST)
    here = hill(place)
    for _ in range(100):
        step = _newton(here, place)
        if not np.all(np.isfinite(step)):
            return place, False
        place, here = _uphill(hill, place, here, step)
        if float(np.max(np.abs(step))) < 1e-9:
            return place, True
    return place, False


def _newton(here: Slope, place: Floats) -> Floats:
    """Newton's step where the hill is round, uphill where not; none through a bound, none beyond 2 logs."""
    stuck = ((place <= LOWEST) & (here.gradient < 0)) | ((place >= HIGHEST) & (here.gradient > 0))
    free = np.flatnonzero(~stuck)
    step = np.zeros_like(place)
    if free.size and np.all(np.isfinite(here.hessian)):
        curves, axes = np.linalg.eigh(here.hessian[np.ix_(free, free)])
        step[free] = axes @ ((axes.T @ here.gradient[free]) / np.maximum(np.abs(curves), 1e-9))
    return step / max(1.0, float(np.max(np.abs(step))) / 2)


def _uphill(hill: Hill, place: Floats, here: Slope, step: Floats) -> tuple[Floats, Slope]:
    """The step, shortened until it does not lead down; a tiny one, lost in a sum's last bits, is taken."""
    for shorter in range(20):
        there = np.clip(place + step / 4**shorter, LOWEST, HIGHEST)
        reached = hill(there)
        if reached.value >= here.value or float(np.max(np.abs(step))) < 1e-5:
            return there, reached
    return place, here
