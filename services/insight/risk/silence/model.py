"""The chance that a silence lasts: MBG/NBD's, corrected by what became of silences old enough to tell.

log odds = weights @ signs. Every sign but those of the class of customer rises with the days of silence
and has a weight of zero at least, so the chance only rises while a silence lasts, and it has one morning
on which it becomes too long. The signs, in order: log odds of P(silent) by MBG/NBD; one; how far the log
of the days is beyond the customer's own mean log gap, in itself and in own spreads; beyond the crowd's;
then of the class: own mean beyond the crowd's, and one repeat, two or three, more.

Own mean and spread are drawn towards the crowd's as in a normal-gamma prior (Gelman et al., BDA, 3.3).
"""

from math import exp, log, sqrt
from typing import NamedTuple

import numpy as np

from services.insight.risk.mbg.likelihood import Floats, p_silents
from services.insight.risk.mbg.mbg import Parameters, p_silent
from services.insight.risk.silence.state import Silence

RISING = 5
"""The first so many signs rise with the days of silence, or stay."""
AS_MBG = (1.0,) + (0.0,) * 8
LEAST, MOST = 1e-6, 1 - 1e-6
CALM, FAR = -3.0, 12.0
"""Spreads: nearer and farther are all the same."""


class Crowd(NamedTuple):
    """Of everybody's gaps, as logs of days: the mean of means, the usual spread within one customer, and
    for how many own gaps each counts."""

    mean: float
    spread: float
    mean_counts: float
    spread_counts: float = 4.0


class Model(NamedTuple):
    """`horizon` in weeks: the silence to come that is foretold."""

    parameters: Parameters
    horizon: float
    crowd: Crowd
    weights: tuple[float, ...] = AS_MBG


def chance(model: Model, silence: Silence, day: int) -> float:
    """That nothing is bought within the horizon, on the morning of a day after the last purchase."""
    first, last, repeats, logs, squares = silence
    crowd, w = model.crowd, model.weights
    t_x = last - first
    stays = p_silent(model.parameters, repeats, t_x / 7, max(day - 1 - first, t_x) / 7, model.horizon)
    stays = min(max(stays, LEAST), MOST)
    mean, spread = rhythm(crowd, repeats, logs, squares)
    beyond = log(day - last) - mean
    z = (
        w[0] * log(stays / (1 - stays)) + w[1] + w[2] * beyond
        + w[3] * min(max(beyond / spread, CALM), FAR) + w[4] * (beyond + mean - crowd.mean)
        + w[5] * (mean - crowd.mean) + (w[5 + min(3, 1 + repeats // 2)] if repeats else 0.0)
    )  # fmt: skip
    return 1 / (1 + exp(-z)) if z > -700 else 0.0


def rhythm(crowd: Crowd, repeats: int, logs: float, squares: float) -> tuple[float, float]:
    """Mean and spread of the log of the next gap."""
    n, k = repeats, crowd.mean_counts
    mean = (k * crowd.mean + logs) / (k + n)
    own = max(squares - logs * logs / n, 0.0) if n else 0.0
    drawn = k * n / (k + n) * (logs / n - crowd.mean) ** 2 if n else 0.0
    variance = (crowd.spread_counts * crowd.spread**2 + own + drawn) / (crowd.spread_counts + n)
    return mean, sqrt(variance * (1 + 1 / (k + n)))


def signs(model: Model, silences: Floats, days: Floats) -> Floats:
    """Of many silences (columns as in `Silence`) after so many days; a row a sign."""
    first, last, repeats, logs, squares = silences
    t_x, crowd = last - first, model.crowd
    lasted = np.maximum(last + days - 1 - first, t_x)
    stays = np.clip(p_silents(model.parameters, repeats, t_x / 7, lasted / 7, model.horizon), LEAST, MOST)
    mean, spread = rhythms(crowd, repeats, logs, squares)
    beyond = np.log(days) - mean
    return np.array(
        [
            np.log(stays / (1 - stays)), np.ones_like(beyond), beyond, np.clip(beyond / spread, CALM, FAR),
            beyond + mean - crowd.mean, mean - crowd.mean,
            repeats == 1, (repeats == 2) | (repeats == 3), repeats > 3,
        ],
        dtype=np.float64,
    )  # fmt: skip


def rhythms(crowd: Crowd, repeats: Floats, logs: Floats, squares: Floats) -> tuple[Floats, Floats]:
    """`rhythm` of many."""
    n, k = np.maximum(repeats, 1), crowd.mean_counts
    mean = (k * crowd.mean + logs) / (k + repeats)
    own = np.where(repeats > 0, np.maximum(squares - logs * logs / n, 0.0), 0.0)
    drawn = np.where(repeats > 0, k * n / (k + n) * (logs / n - crowd.mean) ** 2, 0.0)
    variance = (crowd.spread_counts * crowd.spread**2 + own + drawn) / (crowd.spread_counts + repeats)
    return mean, np.sqrt(variance * (1 + 1 / (k + repeats)))


def log_odds(model: Model, silences: Floats, days: Floats) -> Floats:
    """Of many silences after so many days."""
    return np.asarray(np.array(model.weights) @ signs(model, silences, days))


def chances(model: Model, silences: Floats, days: Floats) -> Floats:
    """`chance` of many after so many days; equal but for the last bits."""
    return np.asarray(1 / (1 + np.exp(-np.maximum(log_odds(model, silences, days), -700.0))))
