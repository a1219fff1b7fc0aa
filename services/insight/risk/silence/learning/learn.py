"""What a boundary teaches: the model and the bounds that judge silences from here on, time-forward."""

from services.insight.risk.known import Known
from services.insight.risk.mbg.histories import Histories
from services.insight.risk.purchases import Silences
from services.insight.risk.silence.bound import Bound
from services.insight.risk.silence.crowd import crowd
from services.insight.risk.silence.learning.calibration import shifts
from services.insight.risk.silence.learning.choice import best, old, tried
from services.insight.risk.silence.learning.correction import corrected
from services.insight.risk.silence.learning.doubt import doubt
from services.insight.risk.silence.learning.fitted import fitted, histories
from services.insight.risk.silence.learning.horizon import horizon
from services.insight.risk.silence.learning.ranks import ranking
from services.insight.risk.silence.learning.steadiness import gently
from services.insight.risk.silence.learnt import Learnt, Settings
from services.insight.risk.silence.model import AS_MBG, Model
from services.insight.risk.silence.stated import Shifts

SMOOTHED = 0.3
"""How far weights follow newer ones: what they say must not jump."""
MOST = 5_000
"""Customers that a fit is made of; more would not move an alert by a day."""
EVERY, RANKED_EVERY = 2, 4
"""Weeks after which weights and bounds, and the ranking, are learnt anew; parameters are every week."""
UNASKED = 35
"""Days with which a log begins in which nobody's silence can be long."""
OLD = 1.5
"""Horizons that a log has to last until its alerts are judged: the first are not like the others."""
SIXTH = 7 / 6
"""Days a week of the horizon, a sixth of it: no silence is too long before, while nothing else can tell."""


def learn(known: Known, settings: Settings, before: Learnt | None) -> Learnt | None:
    """None: too few customers, too young a log, or too much doubt to say anything."""
    customers = len(known.purchases.starts) - 1
    if known.week < settings.first_week or customers < settings.fewest_customers:
        return None
    bought = known.purchases.thinned(MOST)
    past = bought.silences()
    standing = past.where(bought.starts[1:] - 1)
    if int((standing.columns[2] > 0).sum()) < settings.fewest_repeaters:
        return None
    seen = histories(standing, known.now)
    parameters = fitted(seen, before.model.parameters if before else None)
    if before is not None and known.week % EVERY:
        found = before._replace(model=before.model._replace(parameters=parameters))
    else:
        model = Model(parameters, float(horizon(past, known.begins, known.now)), crowd(standing))
        found = _taught(model, past, known, settings, before)
        if not found.calibrated and _doubt(found, seen) > settings.doubt:
            return None
    held = gently(before, found, standing, known.now)
    return held._replace(shifts=_shifts(held, past, known.now)) if held.chosen else held


def _taught(model: Model, past: Silences, known: Known, settings: Settings, before: Learnt | None) -> Learnt:
    """As MBG/NBD says, until silences are as old as what is foretold is long."""
    ranked = before.ranking if before else None
    if ranked is None or known.week % RANKED_EVERY == 0:
        ranked = ranking(model, past, known.begins + UNASKED, known.now)
    start = before.model.weights if before else AS_MBG
    found = corrected(model, past, known.begins + UNASKED, known.now, start)
    floor = round(SIXTH * model.horizon)
    plain = _by_doubt(settings.untaught, floor)
    if found is None:
        return Learnt(model, plain, ranking=ranked)
    followed = _towards(start, found) if before and before.calibrated else found
    taught = model._replace(weights=followed)
    bounds = _chosen(taught, past, known, settings, before)
    return Learnt(taught, bounds or plain, True, bounds is not None, ranking=ranked)


def _towards(before: tuple[float, ...], found: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(float(f"{old + SMOOTHED * (new - old):.6g}") for old, new in zip(before, found, strict=True))


def _chosen(
    model: Model, past: Silences, known: Known, settings: Settings, before: Learnt | None
) -> tuple[Bound, Bound, Bound] | None:
    days = round(model.horizon * 7)
    if known.now - known.begins < OLD * days:
        return None
    families = tried(model, old(past, known.now, days))
    stood = before.bounds if before and before.chosen else (None, None, None)
    wished = _by_doubt(settings.precision)
    found = [best(families, each.chance, stands) for each, stands in zip(wished, stood, strict=True)]
    if found[0] is None:
        return None
    first, second, third = (each.bound if each else plain for each, plain in zip(found, wished, strict=True))
    return first, second, third


def _shifts(learnt: Learnt, past: Silences, now: int) -> Shifts:
    return shifts(learnt.model, learnt.bounds[0], old(past, now, round(learnt.model.horizon * 7)))


def _by_doubt(level: float, days: int = 1) -> tuple[Bound, Bound, Bound]:
    """A bound for each severity: all the doubt that is left, half of it, a quarter."""
    return Bound(level, days), Bound(1 - (1 - level) / 2, days), Bound(1 - (1 - level) / 4, days)


def _doubt(learnt: Learnt, seen: Histories) -> float:
    return doubt(learnt.model.parameters, seen, learnt.bounds[0].chance, learnt.model.horizon)
