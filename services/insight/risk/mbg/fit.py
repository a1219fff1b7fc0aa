"""Parameters from histories: maximum likelihood by Newton's method, the same from every start."""

from dataclasses import dataclass

import numpy as np

from services.insight.risk.mbg.climb import HIGHEST, LOWEST, climb
from services.insight.risk.mbg.histories import Histories
from services.insight.risk.mbg.likelihood import Floats, log_likelihood
from services.insight.risk.mbg.mbg import Parameters
from services.insight.risk.mbg.slope import Slope, slope

COLD = Parameters(1.0, 1.0, 1.0, 1.0)
LOOSE = 2.0
"""Standard deviation of the logs under the fall-back's prior, around 1: a factor of 7 either way is usual."""


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

    Buyers who hardly ever quit, or who all keep one pace, leave a parameter without a maximum: then the fit
    is made once more under the prior, so that there is always something finite to offer.
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


def _leaning(found: Slope, logs: Floats) -> Slope:
    pull = 1 / LOOSE**2
    leaning = found.value - float(logs @ logs) * pull / 2
    return Slope(leaning, found.gradient - logs * pull, found.hessian - np.eye(logs.size) * pull)
