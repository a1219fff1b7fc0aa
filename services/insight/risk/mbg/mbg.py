"""MBG/NBD (Batislam, Denizel, Filiztekin 2007): buyers at their own pace, who may quit after any purchase.

A history is (x, t_x, T): repeat purchase days, weeks from the first day to the last, weeks from the first day
to now. Purchases of one UTC day count once, and from the end of that day: T is counted from the midnight that
ends the first day, t_x from day to day, so a silence begins with T = t_x.
"""

from dataclasses import dataclass
from math import exp, inf, log


@dataclass(frozen=True, slots=True)
class Parameters:
    """Purchase rates a week are Gamma(r, rate alpha); chances to quit after a purchase are Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float

    def as_tuple(self) -> tuple[float, float, float, float]:
        return self.r, self.alpha, self.a, self.b


def p_silent(p: Parameters, x: int, t_x: float, T: float, horizon: float) -> float:  # noqa: N803
    """The chance of no purchase within `horizon` more weeks, silent so far: L(x, t_x, T + H) / L(x, t_x, T).

    Rises with T all through a silence, towards 1. Powers are relative to alpha + t_x: nothing overflows.
    """
    n, quit_odds, last = p.r + x, p.a / (p.b + x), log(p.alpha + t_x)
    now = exp(n * (last - log(p.alpha + T)))
    later = exp(n * (last - log(p.alpha + T + horizon)))
    return (later + quit_odds) / (now + quit_odds)


def p_alive(p: Parameters, x: int, t_x: float, T: float) -> float:  # noqa: N803
    """The chance that the customer has not quit. Not a ground for an alert: see `p_silent`."""
    now = exp((p.r + x) * (log(p.alpha + t_x) - log(p.alpha + T)))
    return now / (now + p.a / (p.b + x))


def p_alive_deadline(p: Parameters, x: int, t_x: float, theta: float) -> float:
    """The T, in weeks, at which `p_alive` has fallen to theta; t_x when it begins below, inf when never."""
    odds = log(1 - theta) - log(theta) + log(p.b + x) - log(p.a)
    exponent = odds / (p.r + x)
    return max(t_x, exp(exponent) * (p.alpha + t_x) - p.alpha) if exponent < 700 else inf
