"""The weights of what rules say, and the chance that they come to.

log odds = always + the class of customer + of each rule: its score, measured in its usual spread from its
middle, or that it has none, and the severity that stands. Scores and severities weigh zero at least: no
rule's reason to believe that a customer leaves may speak for staying. Who has an alert is corrected by
class once more.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from services.insight.risk.combined.rows import CLASSES, Floats, Rows, classes, row, stands

NOTHING = 0.05
"""A weight below which odds stay as they are, to the digit that is said."""
FAR = 3.0
"""Spreads from the middle: what is farther is all the same."""


class Part(NamedTuple):
    """Of one rule: the middle of its score and its usual spread; what one spread, having no score, and
    one step of severity add to the log odds."""

    rule: str
    middle: float
    spread: float
    score: float
    none: float
    severity: float


class Weights(NamedTuple):
    """`of_class` and `alerted` add to the log odds by class of customer, the latter where anything
    stands. `shown`: the classes whose chance was right in the weeks that it was not learnt from."""

    always: float
    parts: tuple[Part, ...]
    of_class: tuple[float, ...]
    alerted: tuple[float, ...]
    shown: tuple[bool, ...]


def measured(scores: Floats, middle: float, spread: float) -> Floats:
    """In spreads from the middle; the middle for who has none."""
    some = np.isfinite(scores)
    return np.where(some, np.clip((np.where(some, scores, middle) - middle) / spread, -FAR, FAR), 0.0)


def log_odds(rows: Rows, weights: Weights) -> Floats:
    which = classes(rows.observations)
    odds = weights.always + np.array(weights.of_class)[which]
    nobody = np.zeros(len(rows.weeks))
    for part in weights.parts:
        scores = rows.scores.get(part.rule, nobody - np.inf)
        odds = odds + part.score * measured(scores, part.middle, part.spread)
        odds = odds + part.none * ~np.isfinite(scores) + part.severity * rows.standing.get(part.rule, nobody)
    return np.asarray(odds + np.where(stands(rows), np.array(weights.alerted)[which], 0.0))


def combined_of_many(rows: Rows, weights: Weights) -> Floats:
    """The chances of leaving."""
    return np.asarray(expit(log_odds(rows, weights)))


def combined(
    scores: Mapping[str, float], standing: Mapping[str, int], observations: int, weights: Weights
) -> float:
    """The chance that one customer leaves, whether it may be shown or not."""
    return float(combined_of_many(row(scores, standing, observations), weights)[0])


def chance(
    scores: Mapping[str, float], standing: Mapping[str, int], observations: int, weights: Weights | None
) -> float | None:
    """What an alert may state; None while it is not known to be right for this class of customer."""
    which = int(classes(np.array([observations]))[0])
    if weights is None or not weights.shown[which] or not any(standing.values()):
        return None
    return round(combined(scores, standing, observations, weights), 9)


def in_words(weights: Weights) -> tuple[str, ...]:
    """A sentence for each rule, the one that tells most first, and one on whom a chance is shown of."""
    said = []
    ranked = sorted(weights.parts, key=lambda part: (-part.score, -part.severity, part.rule))
    for place, part in enumerate(ranked):
        name, most = part.rule.replace("_", " "), " weighs most" if not place else ""
        if max(part.score, part.severity) < NOTHING:
            said.append(f"{name} adds nothing to what the others tell")
            continue
        said.append(
            f"{name}{most}{':' if most else ''} takes the odds of leaving times {np.exp(part.score):.1f}"
            f" with each usual spread of its score, and times {np.exp(part.severity):.1f}"
            " with each step of severity that stands"
        )
    shown = [name for name, is_shown in zip(CLASSES, weights.shown, strict=True) if is_shown]
    whom = f"where there are so many observations of the customer's own: {', '.join(shown)}"
    said.append(f"a chance is shown {whom}" if shown else "no chance is shown yet")
    return tuple(said)
