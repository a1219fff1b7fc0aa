"""What a boundary teaches: the model and the bound that judge silences from here on, time-forward."""

from typing import NamedTuple

import numpy as np

from services.insight.risk.mbg.fit import fit
from services.insight.risk.mbg.histories import Histories
from services.insight.risk.mbg.mbg import Parameters
from services.insight.risk.silence.choice import Bound, Tried, best, tried
from services.insight.risk.silence.correction import corrected
from services.insight.risk.silence.crowd import LADDER, crowd, horizon
from services.insight.risk.silence.model import AS_MBG, Model
from services.insight.risk.purchases import Purchases, Silences

SMOOTHED = 0.3
"""How far the logs of the parameters follow a newer fit: what they say must not jump with every week."""


class Settings(NamedTuple):
    """Of ten alerts, how many are to be right; what is asked for until that can be told; and from which week on,
    of how many customers and repeat buyers at least, anything is said at all."""

    precision: float = 0.65
    untaught: float = 0.75
    first_week: int = 8
    fewest_customers: int = 100
    fewest_repeaters: int = 20


class Learnt(NamedTuple):
    """`horizon_told` is that on which the weights and the bound were learnt: shorter while the log is young, None
    while nothing is old enough."""

    model: Model
    bound: Bound
    horizon_told: int | None
    tried: Tried | None


def learn(known: Purchases, begins: int, now: int, settings: Settings, before: Learnt | None) -> Learnt | None:
    """From what was bought before the morning of `now`; `begins` is the first day of the log. None: too little."""
    standing = known.standing() if len(known.days) else None
    if standing is None or len(standing.back) < settings.fewest_customers:
        return None
    if int((standing.columns[2] > 0).sum()) < settings.fewest_repeaters:
        return None
    parameters = _fitted(standing, now, before.model.parameters if before else None)
    model = Model(parameters, float(horizon(known)), crowd(standing))
    past, usable = known.silences(), [rung for rung in LADDER if rung <= model.horizon]
    for rung in reversed(usable):
        if (weights := corrected(model._replace(horizon=float(rung)), past, begins + 35, now)) is not None:
            taught = model._replace(weights=weights)
            found = best(tried(taught._replace(horizon=float(rung)), past, now), settings.precision)
            bound = found.bound if found else Bound(settings.untaught)
            return Learnt(taught, bound, rung, found)
    return Learnt(model._replace(weights=AS_MBG), Bound(settings.untaught), None, None)


def _fitted(standing: Silences, now: int, before: Parameters | None) -> Parameters:
    first, last, repeats, _, _ = standing.columns
    rows = np.stack([repeats, (last - first) / 7, np.maximum(now - 1 - first, last - first) / 7], axis=1)
    kinds, counts = np.unique(rows, axis=0, return_counts=True)
    x, t_x, T = kinds.T  # noqa: N806
    nothing = np.zeros_like(x)
    found = fit(Histories((x, t_x, T), (nothing, nothing, nothing), counts.astype(np.float64)), before)
    if before is None:
        return found.parameters
    logs = (1 - SMOOTHED) * np.log(before.as_tuple()) + SMOOTHED * np.log(found.parameters.as_tuple())
    return Parameters(*(float(f"{value:.7g}") for value in np.exp(logs)))
