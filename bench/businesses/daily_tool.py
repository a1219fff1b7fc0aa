"""A tool for the working day: use of three kinds, no purchases, people who leave with and without a warning.

Whoever leaves first does less of one thing, then of all; one in three is gone from one day to the next. Some
only change what they do, some pause, and new colleagues make others use it more.
"""

from collections.abc import Iterator

import numpy as np

from bench.businesses.business import Business, Happening, Truth, at, business, start, used

OPENS, DAYS = start(2024, 1, 1), 273
KINDS = ("documents.opened", "reports.made", "colleagues.invited")
WORKING = (1.0, 1.05, 1.05, 1.0, 0.85, 0.08, 0.06)


def daily_tool(seed: int = 1, people: int = 800) -> Business:
    """Some 250,000 days of use of one kind."""
    chance = np.random.default_rng([seed, 102])
    log: list[Happening] = []
    truth: dict[str, Truth] = {}
    for number in range(people):
        who = f"person-{number:04}"
        said = _fate(chance)
        truth[who] = Truth(
            None if said[0] is None else at(OPENS, said[0]), None if said[1] is None else at(OPENS, said[1])
        )
        log += _use(chance, who, *said)
    return business("daily tool", OPENS, at(OPENS, DAYS), log, truth)


def _fate(chance: np.random.Generator) -> tuple[float | None, float | None]:
    """The days on which use begins to fall and ends."""
    if chance.random() > 0.3:
        return None, None
    leaves = float(chance.uniform(45, DAYS + 60))
    warns = chance.random() < 0.66
    return (leaves - float(chance.uniform(14, 56)) if warns else None), leaves


def _use(
    chance: np.random.Generator, who: str, declines: float | None, left: float | None
) -> Iterator[Happening]:
    joined = 0.0 if chance.random() < 0.6 else float(chance.uniform(0, DAYS - 40))
    habit = np.array([0.3, 0.0, 0.0]) + chance.gamma(1.3, [6.0, 1.5, 0.06])
    present = float(chance.beta(4, 1.5))
    pauses = [(day, day + float(chance.uniform(5, 18))) for day in chance.uniform(0, DAYS, chance.poisson(1))]
    shift, shifted = float(chance.uniform(0, 2 * DAYS)), chance.lognormal(0, 0.5, 3)
    for day in range(int(joined), DAYS):
        if left is not None and day >= left:
            return
        if any(first <= day < last for first, last in pauses) or chance.random() > present * WORKING[day % 7]:
            continue
        pace = habit * (shifted if day > shift else 1.0)
        if declines is not None and left is not None and day > declines:
            gone = (day - declines) / (left - declines)
            pace = pace * np.array([max(0.1, 1 - 0.7 * gone), max(0.0, 1 - 1.6 * gone), 0.3])
            if chance.random() < 0.6 * gone:
                continue
        for place in np.flatnonzero(quantities := chance.poisson(pace)):
            moment = at(OPENS, day + float(chance.uniform(8, 18)) / 24)
            yield used(moment, who, KINDS[place], int(quantities[place]))
