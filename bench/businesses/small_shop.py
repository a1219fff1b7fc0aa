"""A shop of 150 customers: too little to judge by, and it must be said so."""

import numpy as np

from bench.businesses.business import Business, Happening, Truth, at, business, paid, shop_hours, start

OPENS, DAYS = start(2023, 9), 300


def small_shop(seed: int = 1, customers: int = 150) -> Business:
    """Some 700 purchases."""
    chance = np.random.default_rng([seed, 105])
    log: list[Happening] = []
    truth: dict[str, Truth] = {}
    for number in range(customers):
        who = f"neighbour-{number:03}"
        day = float(chance.uniform(0, DAYS - 10))
        gap, stays = float(chance.lognormal(3.2, 0.7)), float(chance.uniform(0.55, 0.97))
        bought = 0
        while day < DAYS:
            log.append(
                paid(at(OPENS, int(day) + shop_hours(chance)), who, bought, chance.lognormal(7.5, 0.7))
            )
            bought += 1
            if chance.random() > stays:
                break
            day += 1 + float(chance.gamma(1.8, gap / 1.8))
        truth[who] = Truth(left=at(OPENS, day + 1) if day < DAYS else None)
    return business("small shop", OPENS, at(OPENS, DAYS), log, truth)
