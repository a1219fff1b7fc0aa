"""Slope and curvature of the log-likelihood of MBG/NBD, exact, for Newton's method."""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, expit, zeta

from services.insight.risk.mbg.likelihood import Floats, log_likelihood
from services.insight.risk.mbg.mbg import Parameters


@dataclass(frozen=True, slots=True)
class Slope:
    """The log-likelihood at one point: value, gradient (4), Hessian (4 x 4) in the logs of r, alpha, a, b."""

    value: float
    gradient: Floats
    hessian: Floats


def slope(logs: Floats, x: Floats, t_x: Floats, T: Floats, weights: Floats) -> Slope:  # noqa: N803
    """Exact derivatives. `logs` are the logs of (r, alpha, a, b)."""
    scale = np.exp(logs)
    p = Parameters(*(float(v) for v in scale))
    first, second = (
        g + s for g, s in zip(_gammas(p, x, weights), _silence(p, x, t_x, T, weights), strict=True)
    )
    gradient = scale * first
    hessian = scale[:, None] * second * scale[None, :] + np.diag(gradient)
    return Slope(log_likelihood(p, x, t_x, T, weights), gradient, hessian)


def _gammas(p: Parameters, x: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Derivatives of the part that knows only how often: summed over the few distinct x."""
    r, alpha, a, b = p.as_tuple()
    x, place = np.unique(x, return_inverse=True)
    c = np.bincount(place, weights)
    n = float(c.sum())
    of_r, of_b = c @ (digamma(r + x) - digamma(r)), c @ (digamma(b + x + 1) - digamma(b))
    of_a = c @ (digamma(a + b) - digamma(a + b + x + 1))
    rr, bb = c @ (zeta(2, r + x) - zeta(2, r)), c @ (zeta(2, b + x + 1) - zeta(2, b))
    aa = c @ (zeta(2, a + b) - zeta(2, a + b + x + 1))
    first = np.array([of_r + n * np.log(alpha), n * r / alpha, of_a, of_a + of_b])
    second = np.array(
        [[rr, n / alpha, 0, 0], [n / alpha, -n * r / alpha**2, 0, 0], [0, 0, aa, aa], [0, 0, aa, aa + bb]]
    )
    return first, second


def _silence(p: Parameters, x: Floats, t_x: Floats, T: Floats, weights: Floats) -> tuple[Floats, Floats]:  # noqa: N803
    """Derivatives of log(active + gone): each way's own, weighed by its share, and their disagreement."""
    r, alpha, a, b = p.as_tuple()
    n, now, last, nothing = r + x, alpha + T, alpha + t_x, np.zeros_like(x)
    share = expit(np.log(b + x) - np.log(a) + n * (np.log(last) - np.log(now)))
    active = np.stack([-np.log(now), -n / now, nothing, nothing])
    gone = np.stack([-np.log(last), -n / last, nothing + 1 / a, -1 / (b + x)])
    still, quit_ = weights * share, weights * (1 - share)
    apart = active - gone
    second = (apart * (still * (1 - share))) @ apart.T
    second[0, 1] -= still @ (1 / now) + quit_ @ (1 / last)
    second[1, 0] = second[0, 1]
    second[1, 1] += still @ (n / now**2) + quit_ @ (n / last**2)
    second[2, 2] -= quit_.sum() / a**2
    second[3, 3] += quit_ @ (1 / (b + x) ** 2)
    return active @ still + gone @ quit_, second
