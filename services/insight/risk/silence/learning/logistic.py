"""Logistic regression whose weights are drawn towards a prior and may have a least value, by Newton's
method."""

import numpy as np
from scipy.special import expit

from services.insight.risk.mbg.likelihood import Floats

STEPS = 40
ENOUGH = 1e-7


def weights(
    signs: Floats, answers: Floats, counts: Floats, prior: Floats, drawn: float, least: Floats, start: Floats
) -> Floats:
    """The most likely, under a normal prior of variance 1 / `drawn`. The hill has one top, so `start` only
    saves time. `signs` has a row a weight; `counts` is how often each row counts."""
    place = np.maximum(start, least)
    height, slope, bend = _hill(signs, answers, counts, prior, drawn, place)
    for _ in range(STEPS):
        free = (place > least) | (slope > 0)
        step = np.zeros_like(place)
        step[free] = np.linalg.solve(bend[np.ix_(free, free)], slope[free])
        shorter = 1.0
        while True:
            there = np.maximum(place + shorter * step, least)
            reached = _hill(signs, answers, counts, prior, drawn, there)
            if reached[0] >= height or shorter < 1e-4:
                break
            shorter /= 2
        moved = float(np.max(np.abs(there - place)))
        place, (height, slope, bend) = there, reached
        if moved < ENOUGH:
            break
    return place


def _hill(
    signs: Floats, answers: Floats, counts: Floats, prior: Floats, drawn: float, place: Floats
) -> tuple[float, Floats, Floats]:
    """Log posterior, its gradient, and how it bends downwards."""
    z, off = place @ signs, place - prior
    likely = expit(z)
    height = counts @ (answers * z - np.logaddexp(0, z)) - drawn * float(off @ off) / 2
    slope = signs @ (counts * (answers - likely)) - drawn * off
    bend = (signs * (counts * likely * (1 - likely))) @ signs.T
    return float(height), slope, bend + drawn * np.eye(len(place))
