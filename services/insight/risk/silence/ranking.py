"""Who looks most like leaving: the chance that a silence lasts, beside its days and how often they had come.

Days and class alone rank the many who came once or twice better than any model of their rhythm; of frequent
buyers it is the rhythm that tells. How much each counts is what would have ranked best so far.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from services.insight.risk.mbg.likelihood import Floats
from services.insight.risk.silence.model import Model, log_odds


class Ranking(NamedTuple):
    """Weights of one, of the log of days, and of one repeat, two to three, and more; and what the
    chance counts beside them."""

    plain: tuple[float, ...]
    share: float


def scores(model: Model, ranking: Ranking | None, silences: Floats, days: Floats) -> Floats:
    """Of many silences after so many days: the higher, the likelier they last."""
    odds = log_odds(model, silences, days)
    if ranking is None:
        return odds
    return np.asarray(ranking.share * expit(odds) + np.array(ranking.plain) @ plain(silences, days))


def plain(silences: Floats, days: Floats) -> Floats:
    """What `Ranking.plain` weighs, a row each."""
    repeats = silences[2]
    few = (repeats == 2) | (repeats == 3)
    return np.array([np.ones_like(days), np.log(days), repeats == 1, few, repeats > 3], dtype=np.float64)
