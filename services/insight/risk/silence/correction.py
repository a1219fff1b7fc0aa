"""How MBG/NBD's chance is corrected: by what became of silences that are old enough to tell.

Every week of the past is asked of who was silent then whether they bought within the horizon. A silence that is
asked often counts as one. Logistic regression, its weights drawn towards those that leave MBG/NBD as it is.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from services.insight.risk.mbg.likelihood import Floats
from services.insight.risk.silence.model import AS_MBG, RISING, Model, signs
from services.insight.risk.purchases import Silences

WEEK = 7
WORTH = 0.35
"""Below this chance, and within the usual gap, nobody wonders: what happens there must not bend the rest."""
DRAWN = 1.0
"""Silences that the prior counts for, on each weight."""
FEWEST = 200
"""Answers below which nothing is corrected."""


def corrected(model: Model, past: Silences, begins: int, now: int) -> tuple[float, ...] | None:
    """Weights learnt from all silences of the past as they were known on the morning of `now`, those asked in the
    weeks since `begins`; None while too few are old enough."""
    asked, stayed, counts = _answers(model, past, begins, now)
    if len(stayed) < FEWEST:
        return None
    prior = np.array(AS_MBG)

    def below(weights: Floats) -> tuple[float, Floats]:
        z = asked @ weights
        off = weights - prior
        value = counts @ (np.logaddexp(0, z) - stayed * z) + DRAWN * off @ off / 2
        return float(value), asked.T @ (counts * (expit(z) - stayed)) + DRAWN * off

    least = [0.05, None, *[0.0] * (RISING - 2), *[None] * (len(prior) - RISING)]
    found = minimize(below, prior, jac=True, bounds=[(low, None) for low in least], method="L-BFGS-B")
    return tuple(float(f"{weight:.6g}") for weight in found.x)


def _answers(model: Model, past: Silences, begins: int, now: int) -> tuple[Floats, Floats, Floats]:
    """Signs, whether the silence lasted for the horizon, and the weight of each answer."""
    horizon = round(model.horizon * WEEK)
    rows, stayed, whose = [], [], []
    for morning in range(now - horizon, begins, -WEEK):
        there = np.flatnonzero((past.last < morning) & (past.back >= morning))
        if not len(there):
            continue
        seen = signs(model, past.columns[:, there], morning - past.last[there])
        worth = (seen[:, 0] > np.log(WORTH / (1 - WORTH))) | (seen[:, 3] > 0)
        rows.append(seen[worth])
        stayed.append(past.back[there][worth] >= morning + horizon)
        whose.append(there[worth])
    if not rows:
        return np.zeros((0, len(AS_MBG))), np.zeros(0), np.zeros(0)
    _, place, times = np.unique(np.concatenate(whose), return_inverse=True, return_counts=True)
    return np.concatenate(rows), np.concatenate(stayed).astype(np.float64), 1.0 / times[place]
