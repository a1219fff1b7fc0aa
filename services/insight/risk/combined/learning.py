"""Weights learnt from what became of whom the rules spoke, time-forward, and whether their chance was
right."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from services.insight.risk.combined.rows import CLASSES, Bools, Floats, Ints, Rows, classes, stands
from services.insight.risk.combined.weights import Part, Weights, combined_of_many, log_odds, measured

LEFT, STAYED, OPEN = 1, 0, -1
"""What became of a row. OPEN: it is not old enough to tell."""
FEWEST = 100
"""Rows of customers who left, and of such as stayed, below which nothing is learnt."""
AT_MOST = 40_000
"""Rows that are learnt from: every second or third of more."""
DRAWN = 20.0
"""Rows that the prior, no weight, counts for."""
LAST = 8
"""Weeks, the latest that are old enough to tell, on which a chance must prove itself."""
ENOUGH, WITHIN = 200, 0.05
"""Rows of a class with an alert, and how far stated may lie from actual."""


def learn(rows: Rows, labels: NDArray[np.int8], before: Weights | None) -> Weights | None:
    """From rows up to a boundary, in any order, and what became of each by then: LEFT, STAYED or OPEN, by the
    business's own label. None: what was learnt before holds; there is too little to learn anew."""
    told = labels != OPEN
    if not told.any() or not _seen_long_enough(rows.weeks, told):
        return None
    rows, left = rows.where(told), labels[told] == LEFT
    weights = _fitted(rows, left)
    if weights is None:
        return None
    late = rows.weeks > rows.weeks.max() - LAST
    earlier = _fitted(rows.where(~late), left[~late])
    if earlier is None:
        return weights
    return weights._replace(shown=_proved(rows.where(late), left[late], earlier))


def _seen_long_enough(weeks: Ints, told: Bools) -> bool:
    """Whether what is told spans as much time as lies between it and now: a season may be another one by
    now."""
    newest = int(weeks[told].max())
    return newest - int(weeks[told].min()) >= int(weeks.max()) - newest


def _fitted(rows: Rows, left: Bools) -> Weights | None:
    if not FEWEST <= left.sum() <= len(left) - FEWEST:
        return None
    kept = np.arange(0, len(left), 1 + len(left) // AT_MOST)
    rows, left = rows.where(kept), left[kept]
    plain = _parts(rows)
    signs = _signs(rows, plain)
    found = _regression(signs, left.astype(np.float64), rising=2 * len(plain))
    each = found[: 3 * len(plain)].reshape(3, -1)
    parts = tuple(
        part._replace(score=score, severity=severity, none=none)
        for part, score, severity, none in zip(plain, *each.tolist(), strict=True)
    )
    always, *of_class = found[3 * len(plain) :].tolist()
    nothing = (0.0,) * len(CLASSES)
    weights = Weights(always, parts, tuple(of_class), nothing, (False,) * len(CLASSES))
    return weights._replace(alerted=_corrections(rows, left, weights))


def _parts(rows: Rows) -> tuple[Part, ...]:
    """Each rule that said anything, with the middle and the spread of its score."""
    parts = []
    for rule in sorted(rows.scores):
        said = rows.scores[rule][np.isfinite(rows.scores[rule])]
        if len(said):
            low, middle, high = (float(f"{each:.6g}") for each in np.quantile(said, [0.16, 0.5, 0.84]))
            parts.append(Part(rule, middle, max((high - low) / 2, 1e-6), 0.0, 0.0, 0.0))
    return tuple(parts)


def _signs(rows: Rows, parts: tuple[Part, ...]) -> Floats:
    nobody = np.zeros(len(rows.weeks))
    scores = [measured(rows.scores[part.rule], part.middle, part.spread) for part in parts]
    severities = [rows.standing.get(part.rule, nobody) for part in parts]
    none = [~np.isfinite(rows.scores[part.rule]) for part in parts]
    which = classes(rows.observations)
    of_class = [which == place for place in range(len(CLASSES))]
    return np.array([*scores, *severities, *none, nobody + 1, *of_class], dtype=np.float64)


def _regression(signs: Floats, left: Floats, rising: int) -> Floats:
    """Logistic, drawn towards no weight at all, but for the constant; the first weights are 0 at least."""
    drawn = np.full(len(signs), DRAWN)
    drawn[len(signs) - len(CLASSES) - 1] = 0.0

    def below(weights: Floats) -> tuple[float, Floats]:
        z = weights @ signs
        value = float((np.logaddexp(0, z) - left * z).sum() + (drawn * weights) @ weights / 2)
        return value, signs @ (expit(z) - left) + drawn * weights

    bounds = [(0.0 if place < rising else None, None) for place in range(len(signs))]
    found = minimize(below, np.zeros(len(signs)), jac=True, bounds=bounds, method="L-BFGS-B").x
    return np.array([float(f"{weight:.6g}") for weight in found])


def _corrections(rows: Rows, left: Bools, weights: Weights) -> tuple[float, ...]:
    """By class of who has an alert, what makes the mean of the stated that of the actual."""
    odds = log_odds(rows, weights)
    return tuple(_shift(odds[mine], left[mine]) for mine in _alerted(rows))


def _shift(odds: Floats, left: Bools) -> float:
    """By Newton's method, drawn towards none."""
    shift = 0.0
    for _ in range(20 if len(odds) else 0):
        stated = expit(odds + shift)
        slope = float((stated - left).sum()) + DRAWN * shift
        shift -= slope / (float((stated * (1 - stated)).sum()) + DRAWN)
    return float(f"{shift:.6g}")


def _proved(rows: Rows, left: Bools, weights: Weights) -> tuple[bool, ...]:
    """The classes, large enough to tell, where stated and actual agreed in weeks that nothing was learnt
    from."""
    stated = combined_of_many(rows, weights)
    return tuple(_agrees(stated[mine], left[mine]) for mine in _alerted(rows))


def _alerted(rows: Rows) -> list[Bools]:
    """Of each class, who has an alert."""
    which, alerted = classes(rows.observations), stands(rows)
    return [(which == place) & alerted for place in range(len(CLASSES))]


def _agrees(stated: Floats, left: Bools) -> bool:
    return len(left) >= ENOUGH and abs(float(stated.mean() - left.mean())) <= WITHIN
