"""A shop of gifts: people come for Christmas, for a birthday, for Mother's Day, and not in between.

Ten months of silence mean nothing here, and a December that passes without a purchase means much.
"""

from collections.abc import Iterator

import numpy as np

from bench.businesses.business import Business, Happening, Truth, at, business, paid, shop_hours, start

OPENS, DAYS = start(2021, 2), 1_065
OCCASIONS = ((325.0, 12.0, 0.8), (13.0, 4.0, 0.35), (100.0, 5.0, 0.4))
"""Day of the year counted from the opening, its spread in days, and who keeps it."""


def gifts(seed: int = 1, customers: int = 3_000) -> Business:
    """Some 15,000 purchases in not quite three years."""
    chance = np.random.default_rng([seed, 104])
    log: list[Happening] = []
    truth: dict[str, Truth] = {}
    for number in range(customers):
        who = f"giver-{number:04}"
        joined = float(chance.uniform(-200, DAYS - 60))
        left = joined + float(chance.exponential(1.0 / chance.gamma(2.0, 0.25))) * 365
        visits = sorted(_visits(chance, joined, left))
        log += [
            paid(at(OPENS, day + shop_hours(chance)), who, n, float(chance.lognormal(8.2, 0.6)))
            for n, day in enumerate(visits)
        ]
        truth[who] = Truth(left=at(OPENS, left))
    return business("gifts", OPENS, at(OPENS, DAYS), log, truth)


def _visits(chance: np.random.Generator, joined: float, left: float) -> Iterator[int]:
    kept = [(day, spread) for day, spread, share in OCCASIONS if chance.random() < share]
    kept += [(float(chance.uniform(0, 365)), 5.0) for _ in range(chance.poisson(0.8))]
    for year in range(4):
        for day, spread in kept:
            when = 365 * year + day + float(chance.normal(0, spread))
            if joined <= when < left and chance.random() < 0.82:
                yield int(when)
                if chance.random() < 0.2:
                    yield int(when + chance.uniform(1, 9))
    yield int(max(0.0, joined)) if joined >= 0 else int(chance.integers(0, 40))
