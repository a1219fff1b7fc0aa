"""sBG (Fader, Hardie 2007, "How to project customer retention"): subscribers who renew or do not, each by
their own chance. Retention rises with age because those who leave easily have left."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, hyp2f1

from services.insight.risk.mbg.likelihood import Floats


class Parameters(NamedTuple):
    """Chances to leave at a renewal are Beta(alpha, beta)."""

    alpha: float
    beta: float


def survival(p: Parameters, renewals: int) -> float:
    """The share still there after so many renewals; equation (6)."""
    return float(np.exp(betaln(p.alpha, p.beta + renewals) - betaln(p.alpha, p.beta)))


def log_likelihood(p: Parameters, surviving: Sequence[float]) -> float:
    """Of a cohort: how many (or what share) were there at first and after each renewal."""
    there = np.asarray(surviving, dtype=np.float64)
    leaves = np.arange(1, len(there))
    chance = betaln(p.alpha + 1, p.beta + leaves - 1) - betaln(p.alpha, p.beta)
    stays = betaln(p.alpha, p.beta + len(there) - 1) - betaln(p.alpha, p.beta)
    return float((there[:-1] - there[1:]) @ chance + there[-1] * stays)


def fit(surviving: Sequence[float]) -> Parameters:
    """Maximum likelihood, by Nelder and Mead in the logs."""

    def below(logs: Floats) -> float:
        return -log_likelihood(Parameters(*np.exp(logs)), surviving)

    options: Any = {"xatol": 1e-10, "fatol": 1e-12, "maxiter": 10_000, "maxfev": 10_000}
    found: Any = minimize(below, np.zeros(2), method="Nelder-Mead", options=options)
    alpha, beta = np.exp(found.x)
    return Parameters(float(alpha), float(beta))


def discounted_residual_lifetime(p: Parameters, discount: float, renewals: int) -> float:
    """DERL: the renewals still to be expected, discounted, of who has renewed so often and is about to be
    asked again (Fader, Hardie 2010, equation 6, whose n counts periods: one more)."""
    alpha, beta, n = p.alpha, p.beta, renewals
    again = (beta + n) / (alpha + beta + n)
    return float(again * hyp2f1(1, beta + n + 1, alpha + beta + n + 1, 1 / (1 + discount)))
