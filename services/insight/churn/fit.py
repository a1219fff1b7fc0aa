"""Parameters from histories: maximum likelihood by Newton's method, the same from every start."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.insight.churn.histories import Histories
from services.insight.churn.likelihood import Floats, Slope, log_likelihood, slope
from services.insight.churn.mbg import Parameters

COLD = Parameters(1.0, 1.0, 1.0, 1.0)
LOWEST, HIGHEST = np.log(1e-3), np.log(1e4)
LOOSE = 2.0
"""Standard deviation of the logs under the fall-back's prior, around 1: a factor of 7 either way is nothing odd."""

Hill = Callable[[Floats], Slope]


@dataclass(frozen=True, slots=True)
class Fit:
    """`held`: the data alone ran to a bound, so a weak prior holds the parameters to finite ground."""

    parameters: Parameters
    log_likelihood: float
    customers: int
    repeaters: int
    converged: bool
    held: bool


def fit(found: Histories, start: Parameters | None = None) -> Fit:
    """Rounded to 7 significant digits, which the last bits of a sum do not reach. A start only saves time.

    Frequent buyers who hardly ever quit, or all buy at one pace, leave a parameter without a maximum: then the
    fit is made once more under the prior, so that there is always something finite to offer.
    """
    first = np.log(np.array((start or COLD).as_tuple()))
    top, converged = climb(lambda logs: slope(logs, *found.now, found.customers), first)
    held = not converged or bool(np.any(top <= LOWEST) or np.any(top >= HIGHEST))
    if held:
        top, converged = climb(
            lambda logs: _leaning(slope(logs, *found.now, found.customers), logs), first * 0
        )
    p = Parameters(*(float(f"{value:.7g}") for value in np.exp(top)))
    score = round(log_likelihood(p, *found.now, found.customers), 6)
    return Fit(p, score, found.count, found.repeaters, converged, held)


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
    """Newton's step where the hill is round, uphill where it is not; none through a bound, none beyond 2 logs."""
    stuck = ((place <= LOWEST) & (here.gradient < 0)) | ((place >= HIGHEST) & (here.gradient > 0))
    free = np.flatnonzero(~stuck)
    step = np.zeros_like(place)
    if free.size and np.all(np.isfinite(here.hessian)):
        curves, axes = np.linalg.eigh(here.hessian[np.ix_(free, free)])
        step[free] = axes @ ((axes.T @ here.gradient[free]) / np.maximum(np.abs(curves), 1e-9))
    return step / max(1.0, float(np.max(np.abs(step))) / 2)


def _uphill(hill: Hill, place: Floats, here: Slope, step: Floats) -> tuple[Floats, Slope]:
    """The step, shortened until it does not lead down; a tiny one is beyond what a sum can tell, and is taken."""
    for shorter in range(20):
        there = np.clip(place + step / 4**shorter, LOWEST, HIGHEST)
        reached = hill(there)
        if reached.value >= here.value or float(np.max(np.abs(step))) < 1e-5:
            return there, reached
    return place, here


def _leaning(found: Slope, logs: Floats) -> Slope:
    pull = 1 / LOOSE**2
    leaning = found.value - float(logs @ logs) * pull / 2
    return Slope(leaning, found.gradient - logs * pull, found.hessian - np.eye(logs.size) * pull)
