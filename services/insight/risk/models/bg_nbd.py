"""BG/NBD (Fader, Hardie, Lee 2005, "Counting your customers" the easy way): may quit only after a repeat
purchase.

A history is (x, t_x, T) in one unit of time. It gives every one-time buyer a chance of 1 to be alive, which
is why no alert rests on it: it is what others compare with.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln, hyp2f1

Floats = NDArray[np.float64]


class Parameters(NamedTuple):
    """Rates are Gamma(r, rate alpha); chances to quit after a repeat purchase are Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float


def log_likelihoods(p: Parameters, x: Floats, t_x: Floats, T: Floats) -> Floats:  # noqa: N803
    """Of each history; equation (6) of the note on its implementation."""
    pace = gammaln(p.r + x) - gammaln(p.r) + p.r * np.log(p.alpha)
    active = betaln(p.a, p.b + x) - betaln(p.a, p.b) - (p.r + x) * np.log(p.alpha + T)
    repeats = np.maximum(x, 1)
    gone = betaln(p.a + 1, p.b + repeats - 1) - betaln(p.a, p.b) - (p.r + x) * np.log(p.alpha + t_x)
    return np.asarray(pace + np.where(x > 0, np.logaddexp(active, gone), active), dtype=np.float64)


def expected_purchases(p: Parameters, t: float, x: float, t_x: float, T: float) -> float:  # noqa: N803
    """E[Y(t) | x, t_x, T], equation (10): how many more within t."""
    r, alpha, a, b = p
    z = t / (alpha + T + t)
    grown = 1 - ((alpha + T) / (alpha + T + t)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z)
    alive = 1 + (a / (b + x - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x) if x > 0 else 0.0)
    return float((a + b + x - 1) / (a - 1) * grown / alive)
