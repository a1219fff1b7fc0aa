"""What a boundary teaches: the model and the bounds that judge silences from here on, time-forward."""

import numpy as np

from services.insight.risk.known import Known
from services.insight.risk.mbg.fit import fit
from services.insight.risk.mbg.histories import Histories
from services.insight.risk.mbg.mbg import Parameters
from services.insight.risk.purchases import Silences
from services.insight.risk.silence.bound import Bound, moved
from services.insight.risk.silence.choice import best, old, tried
from services.insight.risk.silence.correction import corrected
from services.insight.risk.silence.crowd import crowd
from services.insight.risk.silence.horizon import LADDER, horizon
from services.insight.risk.silence.learnt import Learnt, Settings
from services.insight.risk.silence.model import AS_MBG, Model
from services.insight.risk.silence.steadiness import gently

SMOOTHED = 0.3
"""How far the logs of the parameters follow a newer fit: what they say must not jump with every week."""
MOST = 5_000
"""Customers that a fit is made of; more would not move an alert by a day."""
OLD = 1.5
"""Horizons that a log has to last until its alerts are judged: the first of them are not like the others."""
EVERY = 2
"""Weeks after which weights and bounds are learnt anew; the parameters are every week."""


def learn(known: Known, settings: Settings, before: Learnt | None) -> Learnt | None:
    """None: too little, or too young."""
    bought = known.purchases.thinned(MOST)
    if known.week < settings.first_week or len(known.purchases.starts) <= settings.fewest_customers:
        return None
    past = bought.silences()
    standing = past.where(bought.starts[1:] - 1)
    if int((standing.columns[2] > 0).sum()) < settings.fewest_repeaters:
        return None
    parameters = _fitted(standing, known.now, before.model.parameters if before else None)
    if before is not None and before.told is not None and known.week % EVERY:
        found = before._replace(model=before.model._replace(parameters=parameters))
    else:
        model = Model(parameters, float(horizon(past, known.begins, known.now)), crowd(standing))
        found = _taught(model, past, known, settings, before)
    return found if before is None else gently(before, found, standing, known.now)


def _taught(model: Model, past: Silences, known: Known, settings: Settings, before: Learnt | None) -> Learnt:
    """Weights from the longest horizon that can be told; bounds from what is foretold alone."""
    start = before.model.weights if before else AS_MBG
    untold = _untold(settings.untaught)
    for rung in reversed([rung for rung in LADDER if rung <= model.horizon]):
        shorter = model._replace(horizon=float(rung))
        if (found := corrected(shorter, past, known.begins + 35, known.now, start)) is None:
            continue
        taught = model._replace(weights=_towards(start, found))
        if rung < model.horizon:
            return Learnt(taught, untold, rung)
        bounds = _chosen(taught, past, known, settings, before)
        return Learnt(taught, bounds or untold, rung, bounds is not None)
    return Learnt(model, untold)


def _towards(before: tuple[float, ...], found: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(float(f"{old + SMOOTHED * (new - old):.6g}") for old, new in zip(before, found, strict=True))


def _chosen(
    model: Model, past: Silences, known: Known, settings: Settings, before: Learnt | None
) -> tuple[Bound, Bound, Bound] | None:
    horizon = round(model.horizon * 7)
    if known.now - known.begins < OLD * horizon:
        return None
    families = tried(model, old(past, known.now, horizon))
    bounds = []
    for place, plain in enumerate(_untold(settings.precision)):
        stood = before.bounds[place] if before else None
        found = best(families, plain.chance, stood if before and before.chosen else None)
        if found is None and not place:
            return None
        bounds.append(moved(stood, found.bound if found else plain))
    return bounds[0], bounds[1], bounds[2]


def _untold(level: float) -> tuple[Bound, Bound, Bound]:
    """The doubt left for each severity: all, half, a quarter."""
    return Bound(level), Bound(1 - (1 - level) / 2), Bound(1 - (1 - level) / 4)


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
