"""The rhythm of all customers together: how long gaps are, how far they differ, and what is a long time here."""

import numpy as np

from services.insight.risk.silence.model import Crowd
from services.insight.risk.purchases import Purchases, Silences

LADDER = (4, 6, 8, 13, 26, 39, 52)
"""Horizons in weeks: whole ones that people speak of, so that a horizon seldom moves."""
RETURNED = 0.975
UNKNOWN = Crowd(3.0, 0.8, 2.0)


def crowd(known: Silences) -> Crowd:
    """From everybody's last silence, whose sums hold all gaps before it. Moments: the spread within customers is
    pooled, and the own mean counts as the spread between customers says."""
    _, _, n, logs, squares = known.columns[:, known.columns[2] >= 2]
    if len(n) < 5:
        return UNKNOWN
    means = logs / n
    within = float((squares - logs * means).sum() / (n - 1).sum())
    between = float(means.var() - (within / n).mean())
    counts = min(max(within / max(between, 1e-6), 0.1), 20.0)
    return Crowd(float(logs.sum() / n.sum()), max(within, 1e-4) ** 0.5, counts)


def horizon(known: Purchases) -> int:
    """Weeks within which all but one in forty of those who came back had come: who stays away longer rarely comes
    back at all."""
    silences = known.silences()
    ended = silences.back < np.iinfo(np.int64).max
    if not ended.any():
        return LADDER[0]
    weeks = float(np.quantile(silences.back[ended] - silences.last[ended], RETURNED)) / 7
    return next((rung for rung in LADDER if weeks <= rung), LADDER[-1])
