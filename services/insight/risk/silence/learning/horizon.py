"""How long a silence has to last until it is one for good: what is foretold, and what alerts are judged
by."""

import numpy as np

from services.insight.risk.purchases import NEVER, Silences

LADDER = (4, 6, 8, 13, 26, 39, 52)
"""Horizons in weeks: whole ones that people speak of, so that a horizon seldom moves."""
UNKNOWN = 39
"""While a log is too young to tell; what CDNOW is judged by in the literature."""
RETURNED = 0.975
FEWEST = 50
"""Returns below which nothing is told of them."""


def horizon(past: Silences, begins: int, now: int) -> int:
    """Weeks within which all but one in forty of those who came back had come: who stays away longer
    rarely comes back at all. A log has to be twice as long to tell.

    A return is only known when it came before `now`, so long ones are seldom seen: the distribution is the
    product-limit estimate under right truncation (Lynden-Bell 1971).
    """
    ended = past.back < NEVER
    gaps, ages = (past.back - past.last)[ended], (now - past.last)[ended]
    if len(gaps) < FEWEST:
        return UNKNOWN
    lengths, times = np.unique(gaps, return_counts=True)
    shorter = np.searchsorted(np.sort(gaps), lengths, "right")
    younger = np.searchsorted(np.sort(ages), lengths, "left")
    stays = 1 - times / np.maximum(shorter - younger, 1)
    within = np.append(np.cumprod(stays[::-1])[::-1][1:], 1.0)
    weeks = float(lengths[np.argmax(within >= RETURNED)]) / 7
    told = next((rung for rung in LADDER if weeks <= rung), LADDER[-1])
    return told if 14 * told <= now - begins else UNKNOWN
