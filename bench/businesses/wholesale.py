"""A wholesaler: 400 firms that order about once a month, like clockwork until something changes.

Who is lost first skips an order, then orders less, then not at all. Some close in August.
"""

from collections.abc import Iterator

import numpy as np

from bench.businesses.business import Business, Happening, Truth, at, business, paid, start

OPENS, DAYS = start(2022), 913
AUGUST = (212, 243)


def wholesale(seed: int = 1, firms: int = 400) -> Business:
    """Some 8,500 orders of two and a half years."""
    chance = np.random.default_rng([seed, 106])
    log: list[Happening] = []
    truth: dict[str, Truth] = {}
    for number in range(firms):
        who = f"firm-{number:03}"
        joined = 0.0 if chance.random() < 0.7 else float(chance.uniform(0, DAYS - 120))
        left = joined + float(chance.exponential(1_500)) + 60
        warns = float(chance.uniform(60, 180)) if chance.random() < 0.65 else 0.0
        log += _orders(chance, who, joined, left, warns)
        declines = at(OPENS, left - warns) if warns else None
        truth[who] = Truth(declines, at(OPENS, left))
    return business("wholesale", OPENS, at(OPENS, DAYS), log, truth)


def _orders(
    chance: np.random.Generator, who: str, joined: float, left: float, warns: float
) -> Iterator[Happening]:
    gap, steady = float(chance.lognormal(np.log(30), 0.25)), float(chance.uniform(6, 40))
    size, closes = float(chance.lognormal(11, 0.8)), chance.random() < 0.3
    day, number = joined + float(chance.uniform(0, gap)), 0
    while day < min(left, DAYS):
        fading = max(0.0, 1 - (left - day) / warns) if warns else 0.0
        if not (closes and AUGUST[0] <= day % 365 < AUGUST[1]):
            weekday = int(day) - max(0, (int(day) + 5) % 7 - 4)  # the opening was a Saturday
            hour = float(chance.uniform(7, 17)) / 24
            amount = size * (1 - 0.6 * fading) * float(chance.lognormal(0, 0.3))
            yield paid(at(OPENS, max(0, weekday) + hour), who, number, amount)
            number += 1
        skipped = 2 if chance.random() < 0.03 + 0.35 * fading else 1
        day += skipped * float(chance.gamma(steady, gap / steady)) * (1 + 0.5 * fading)
