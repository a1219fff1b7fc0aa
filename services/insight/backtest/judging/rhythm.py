"""How long "no purchase" has to last here before it means anything."""

import numpy as np

from services.insight.risk.purchases import NEVER, Purchases

LADDER = (4, 6, 8, 13, 26, 39, 52)
"""Weeks that people speak of."""
RETURNED = 0.975
NO_PURCHASES = 8


def rhythm(bought: Purchases) -> int:
    """Weeks within which all but one in forty of those who came back had come, by the whole log; at most
    half of the log, so that the other half can be judged."""
    if not len(bought.days):
        return NO_PURCHASES
    silences = bought.silences()
    ended = silences.back < NEVER
    half = int(bought.days.max() - bought.days.min() + 1) // 14
    room = [rung for rung in LADDER if rung <= half] or [LADDER[0]]
    if not ended.any():
        return room[0]
    weeks = float(np.quantile(silences.back[ended] - silences.last[ended], RETURNED)) / 7
    return next((rung for rung in room if weeks <= rung), room[-1])
