"""The log-likelihood of MBG/NBD over many histories at once, and their chances of silence."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from services.insight.risk.mbg.mbg import Parameters

Floats = NDArray[np.float64]


def log_likelihoods(p: Parameters, x: Floats, t_x: Floats, T: Floats) -> Floats:  # noqa: N803
    """Of each history (weeks). A history that only begins (0, 0, 0) has 0."""
    r, alpha, a, b = p.as_tuple()
    pace = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stay = gammaln(a + b) - gammaln(b) + gammaln(b + x + 1) - gammaln(a + b + x + 1)
    active = -(r + x) * np.log(alpha + T)
    gone = np.log(a) - np.log(b + x) - (r + x) * np.log(alpha + t_x)
    return np.asarray(pace + stay + np.logaddexp(active, gone), dtype=np.float64)


def log_likelihood(p: Parameters, x: Floats, t_x: Floats, T: Floats, weights: Floats) -> float:  # noqa: N803
    """Of all histories, each counted `weights` times."""
    return float(weights @ log_likelihoods(p, x, t_x, T))


def p_silents(p: Parameters, x: Floats, t_x: Floats, T: Floats, horizon: float) -> Floats:  # noqa: N803
    """`mbg.p_silent` of many histories at once; equal but for the last bits."""
    n, quit_odds, last = p.r + x, p.a / (p.b + x), np.log(p.alpha + t_x)
    now = np.exp(n * (last - np.log(p.alpha + T)))
    later = np.exp(n * (last - np.log(p.alpha + T + horizon)))
    return np.asarray((later + quit_odds) / (now + quit_odds), dtype=np.float64)
