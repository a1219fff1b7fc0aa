"""Pareto/NBD (Schmittlein, Morrison, Colombo 1987; as in Fader, Hardie 2005): may quit at any time.

A history is (x, t_x, T) in one unit of time.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, hyp2f1

Floats = NDArray[np.float64]


class Parameters(NamedTuple):
    """Rates are Gamma(r, rate alpha), times until one quits Exponential with Gamma(s, rate beta)."""

    r: float
    alpha: float
    s: float
    beta: float


def log_likelihoods(p: Parameters, x: Floats, t_x: Floats, T: Floats) -> Floats:  # noqa: N803
    """Of each history."""
    r, alpha, s, beta = p
    pace = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    active = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
    with np.errstate(divide="ignore"):  # who bought just now cannot have quit since
        gone = np.log(s) - np.log(r + s + x) + np.log(_quit_between(p, x, t_x, T))
    return np.asarray(pace + np.logaddexp(active, gone), dtype=np.float64)


def p_alive(p: Parameters, x: float, t_x: float, T: float) -> float:  # noqa: N803
    """The chance that the customer has not quit."""
    r, alpha, s, beta = p
    between = _quit_between(p, *(np.asarray(each, dtype=np.float64) for each in (x, t_x, T)))
    return float(1 / (1 + s / (r + s + x) * (alpha + T) ** (r + x) * (beta + T) ** s * between))


def expected_purchases(p: Parameters, t: float) -> float:
    """E[X(t)] of a new customer: how many within t."""
    r, alpha, s, beta = p
    return float(r * beta / (alpha * (s - 1)) * (1 - (beta / (beta + t)) ** (s - 1)))


def _quit_between(p: Parameters, x: Floats, t_x: Floats, T: Floats) -> Floats:  # noqa: N803
    """(r + s + x) times the integral from t_x to T of (alpha + u)^-(r + x) (beta + u)^-(s + 1)."""
    return np.asarray(_a0(p, x, t_x) - _a0(p, x, T), dtype=np.float64)


def _a0(p: Parameters, x: Floats, t: Floats) -> Floats:
    r, alpha, s, beta = p
    high = r + s + x
    if alpha >= beta:
        z = (alpha - beta) / (alpha + t)
        return np.asarray(hyp2f1(high, s + 1, high + 1, z) / (alpha + t) ** high)
    z = (beta - alpha) / (beta + t)
    return np.asarray(hyp2f1(high, r + x, high + 1, z) / (beta + t) ** high)
