"""MBG/NBD's parameters from where customers stand, followed slowly."""

import numpy as np

from services.insight.risk.mbg.fit import fit
from services.insight.risk.mbg.histories import Histories
from services.insight.risk.mbg.mbg import Parameters
from services.insight.risk.purchases import Silences

SMOOTHED = 0.3
"""How far the logs of parameters follow a newer fit: what they say must not jump with every week."""


def histories(standing: Silences, now: int) -> Histories:
    """Distinct ones, as known on the morning of `now`."""
    first, last, repeats, _, _ = standing.columns
    rows = np.stack([repeats, (last - first) / 7, np.maximum(now - 1 - first, last - first) / 7], axis=1)
    kinds, counts = np.unique(rows, axis=0, return_counts=True)
    x, t_x, T = kinds.T  # noqa: N806
    nothing = np.zeros_like(x)
    return Histories((x, t_x, T), (nothing, nothing, nothing), counts.astype(np.float64))


def fitted(seen: Histories, before: Parameters | None) -> Parameters:
    """A part of the way from those before to the likeliest."""
    found = fit(seen, before)
    if before is None:
        return found.parameters
    logs = (1 - SMOOTHED) * np.log(before.as_tuple()) + SMOOTHED * np.log(found.parameters.as_tuple())
    return Parameters(*(float(f"{value:.7g}") for value in np.exp(logs)))
