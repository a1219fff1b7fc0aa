"""What all rules say of customers at boundaries, a row a customer and boundary."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CLASSES = ("none", "one", "two or three", "four and more")
"""Of customers, by how many observations of their own there are."""


class Rows(NamedTuple):
    """`scores` by rule, on any scale of its own (-inf: it has nothing to say); `standing` by rule, the
    severity of what stands (0: nothing); the boundary's week; how many observations of the customer's own
    there were."""

    scores: Mapping[str, Floats]
    standing: Mapping[str, Ints]
    weeks: Ints
    observations: Ints

    def where(self, these: Bools | Ints) -> "Rows":
        return Rows(
            {rule: each[these] for rule, each in self.scores.items()},
            {rule: each[these] for rule, each in self.standing.items()},
            self.weeks[these],
            self.observations[these],
        )


def row(scores: Mapping[str, float], standing: Mapping[str, int], observations: int) -> Rows:
    """One customer, at a moment that does not matter."""
    return Rows(
        {rule: np.array([score], dtype=np.float64) for rule, score in scores.items()},
        {rule: np.array([severity], dtype=np.int64) for rule, severity in standing.items()},
        np.zeros(1, dtype=np.int64),
        np.array([observations], dtype=np.int64),
    )


def classes(observations: Ints) -> Ints:
    """The place of each among CLASSES."""
    return np.searchsorted([1, 2, 4], observations, side="right").astype(np.int64)


def stands(rows: Rows) -> Bools:
    """Whether anything stands."""
    found = np.zeros(len(rows.weeks), dtype=bool)
    for severities in rows.standing.values():
        found |= severities > 0
    return found
