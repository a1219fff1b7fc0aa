"""How much days and class, and the chance, are to count in ranking: what would have ranked best so far."""

import numpy as np
from scipy.special import expit

from services.insight.risk.mbg.likelihood import Floats
from services.insight.risk.purchases import Silences
from services.insight.risk.silence.learning.correction import FEWEST, asked
from services.insight.risk.silence.learning.horizon import LADDER
from services.insight.risk.silence.learning.logistic import weights
from services.insight.risk.silence.model import Model, log_odds
from services.insight.risk.silence.ranking import Ranking, plain

LONGEST = 13
"""Weeks: what comes soon is known of more, and of later silences."""
SHARES = (0.25, 0.5, 1.0, 2.0, 4.0)


def ranking(model: Model, past: Silences, begins: int, now: int) -> Ranking | None:
    """From what silences that are old enough came to; None while they are too few."""
    for weeks in reversed([rung for rung in LADDER if rung <= min(model.horizon, LONGEST)]):
        whose, when = asked(past, begins, now - 7 * weeks)
        stayed = (past.back[whose] >= when + 7 * weeks).astype(np.float64)
        if min(stayed.sum(), len(stayed) - stayed.sum()) >= FEWEST:
            silences, days = past.columns[:, whose], when - past.last[whose]
            return _best(model._replace(horizon=float(weeks)), silences, days, stayed)
    return None


def _best(model: Model, silences: Floats, days: Floats, stayed: Floats) -> Ranking:
    simple, nothing = plain(silences, days), np.zeros(5)
    found = weights(simple, stayed, np.ones_like(stayed), nothing, 1.0, nothing - np.inf, nothing)
    found = np.array([float(f"{each:.5g}") for each in found])
    likely, other = expit(log_odds(model, silences, days)), found @ simple
    unit = float(other.std()) / max(float(likely.std()), 1e-9)
    share = max(SHARES, key=lambda each: round(_area(each * unit * likely + other, stayed), 6))
    return Ranking(tuple(float(each) for each in found), float(f"{share * unit:.5g}"))


def _area(values: Floats, stayed: Floats) -> float:
    """Under the ROC curve: how often who stayed away has the higher value."""
    _, place, times = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(times) - (times - 1) / 2)[place]
    many = float(stayed.sum())
    return float((ranks @ stayed - many * (many + 1) / 2) / (many * (len(stayed) - many)))
