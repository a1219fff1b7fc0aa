"""Gamma-Gamma (Fader, Hardie 2013): what a customer spends at a time, seen through few and noisy
purchases."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]


class Parameters(NamedTuple):
    """A purchase is Gamma(p, rate nu), and the rates of customers are Gamma(q, rate gamma)."""

    p: float
    q: float
    gamma: float


def log_likelihoods(of: Parameters, x: Floats, mean: Floats) -> Floats:
    """Of `x` purchases that came to `mean` each; equation (1a) of the note."""
    p, q, gamma = of
    return np.asarray(
        gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma)
        + (p * x - 1) * np.log(mean) + p * x * np.log(x) - (p * x + q) * np.log(gamma + x * mean),
        dtype=np.float64,
    )  # fmt: skip


def expected_spend(of: Parameters, x: float, mean: float) -> float:
    """E[M | x, mean]: what the next purchase comes to; between the customer's own mean and the crowd's."""
    p, q, gamma = of
    own = p * x / (p * x + q - 1)
    return (1 - own) * p * gamma / (q - 1) + own * mean
