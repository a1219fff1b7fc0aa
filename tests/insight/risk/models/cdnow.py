"""CDNOW's calibration data as the papers made it: 39 weeks, purchases of one day merged, spending of
repeats."""

from datetime import date, datetime
from functools import cache

import numpy as np
from numpy.typing import NDArray

from deploy.purchases.cdnow import sample_path

Floats = NDArray[np.float64]
ENDS = date(1997, 9, 30)


@cache
def histories() -> tuple[Floats, Floats, Floats]:
    """x, t_x, T in weeks of 2,357 customers."""
    rows = [
        (len(days) - 1, (days[-1] - days[0]).days / 7, (ENDS - days[0]).days / 7)
        for days in (sorted(bought) for bought in _calibration().values())
    ]
    x, t_x, T = np.array(rows, dtype=np.float64).T  # noqa: N806
    return x, t_x, T


@cache
def spending() -> tuple[Floats, Floats]:
    """Of the 946 who bought again: how many repeat days, and what these came to in the mean, in dollars."""
    rows = []
    for bought in _calibration().values():
        if len(bought) > 1:
            repeats = [bought[day] for day in sorted(bought)[1:]]
            rows.append((len(repeats), sum(repeats) / len(repeats)))
    x, mean = np.array(rows, dtype=np.float64).T
    return x, mean


@cache
def _calibration() -> dict[str, dict[date, float]]:
    bought: dict[str, dict[date, float]] = {}
    for line in sample_path().read_text().splitlines():
        customer, _, on, _, dollars = line.split()
        day = datetime.strptime(f"{on}Z", "%Y%m%d%z").date()
        if day <= ENDS:
            days = bought.setdefault(customer, {})
            days[day] = days.get(day, 0.0) + float(dollars)
    return bought
