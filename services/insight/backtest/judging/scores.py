"""How good a score or a list of alerts is, with intervals."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Z = 1.959964
"""Of a two-sided interval of 95 %."""


class Share(NamedTuple):
    """So many of so many, and between which bounds the truth lies 95 times of 100. None: of nothing."""

    of: int
    hits: int
    value: float | None
    low: float | None
    high: float | None


def share(count: int, of: int) -> Share:
    """With Wilson's interval (1927), which holds for few and for all."""
    if not of:
        return Share(0, 0, None, None, None)
    p, n = count / of, of
    middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * (p * (1 - p) / n + Z**2 / (4 * n**2)) ** 0.5
    return Share(of, count, round(p, 6), round(max(middle - half, 0.0), 6), round(min(middle + half, 1.0), 6))


class Auc(NamedTuple):
    """How often one whom it came true of scores above one whom it did not."""

    of: int
    true: int
    value: float | None
    low: float | None
    high: float | None


def auc(scores: Floats, true: Bools) -> Auc:
    """With the interval of DeLong, DeLong and Clarke-Pearson (1988), by ranks as Sun and Xu (2014) count
    it."""
    m, n = int(true.sum()), int((~true).sum())
    if not m or not n:
        return Auc(m + n, m, None, None, None)
    together, above, below = ranks(scores), ranks(scores[true]), ranks(scores[~true])
    over_false = (together[true] - above) / n
    under_true = 1 - (together[~true] - below) / m
    value = float(over_false.mean())
    variance = (float(over_false.var(ddof=1)) / m if m > 1 else 0.0) + (
        float(under_true.var(ddof=1)) / n if n > 1 else 0.0
    )
    half = float(Z * variance**0.5)
    return Auc(m + n, m, round(value, 6), round(max(value - half, 0.0), 6), round(min(value + half, 1.0), 6))


def ranks(values: Floats) -> Floats:
    """From one on; equals share the mean of their places."""
    kinds, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[places]) if len(kinds) else np.zeros(0)


def top_tenth(scores: Floats, true: Bools) -> Share:
    """Of the tenth that scores highest, how many it came true of; of equals at its edge their usual part."""
    size = len(scores) // 10
    if not size:
        return share(0, 0)
    edge = np.sort(scores)[-size]
    above, at_edge = scores > edge, scores == edge
    left = size - int(above.sum())
    hits = float(true[above].sum()) + left * float(true[at_edge].mean())
    return share(round(float(hits)), size)


def precision_by_recall(scores: Floats, true: Bools, points: int = 60) -> list[tuple[float, float, float]]:
    """From the top of the list down: recall, precision and how much of the list that is."""
    order = np.argsort(-scores, kind="stable")
    hits, total = np.cumsum(true[order]), int(true.sum())
    if not total:
        return []
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    kept = ends[np.unique(np.linspace(0, len(ends) - 1, points).round().astype(int))]
    return [
        (round(float(hits[n] / total), 4), round(float(hits[n] / (n + 1)), 4), round((n + 1) / len(order), 4))
        for n in kept.tolist()
    ]
