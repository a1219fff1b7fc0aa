"""A monthly subscription with use: some cancel after using it less, some without a sign, some cannot pay.

A payment that fails is tried again for two weeks. Most recover; the rest are ended, though they wished to
stay.
"""

from collections.abc import Iterator

import numpy as np

from bench.businesses.business import Business, Happening, Truth, at, business, paid, start, used

OPENS, DAYS, PERIOD = start(2023, 3), 486, 30.44
PRICES = (990, 1_490, 2_990)


def subscription(seed: int = 1, subscribers: int = 1_500) -> Business:
    """Some 15,000 payments and 150,000 evenings of use."""
    chance = np.random.default_rng([seed, 103])
    log: list[Happening] = []
    truth: dict[str, Truth] = {}
    for number in range(subscribers):
        who = f"subscriber-{number:04}"
        joined = -float(chance.uniform(0, 300)) if chance.random() < 0.5 else float(chance.uniform(0, DAYS))
        wish = joined + PERIOD * float(1 + chance.weibull(0.8) * 22)
        warns = chance.random() < 0.6
        declines = wish - float(chance.uniform(20, 75)) if warns else None
        bills = list(_bills(chance, who, joined, wish))
        last = bills[-1].time
        forced = bills[-1].type == "subscription.cancelled" and not bills[-1].data["by_wish"]
        left = last if forced or wish < DAYS else None
        ended = (last - OPENS).total_seconds() / 86_400 if left else float(DAYS)
        log += bills
        log += _evenings(chance, who, joined, declines if wish < DAYS + 60 else None, wish, ended)
        truth[who] = Truth(at(OPENS, declines) if declines and not forced else None, left)
    return business("subscription", OPENS, at(OPENS, DAYS), log, truth)


def _bills(chance: np.random.Generator, who: str, joined: float, wish: float) -> Iterator[Happening]:
    price, card = float(chance.choice(PRICES, p=[0.5, 0.35, 0.15])), float(chance.beta(1, 24))
    number = 0
    while (due := joined + number * PERIOD) < min(wish, DAYS):
        day, tried = due, 0
        while chance.random() < (card if tried == 0 else 0.55) and tried < 5:
            yield _said(day, who, "payment.failed", invoice=f"{who}-{number}", reason="card declined")
            day, tried = day + float(chance.uniform(0.9, 4.0)), tried + 1
        if tried == 5:
            yield _said(day, who, "subscription.cancelled", by_wish=False)
            return
        if tried:
            yield _said(day, who, "payment.recovered", invoice=f"{who}-{number}")
        yield paid(at(OPENS, day), who, number, price)
        number += 1
    yield _said(min(wish, DAYS + 1.0), who, "subscription.cancelled", by_wish=True)


def _said(day: float, who: str, kind: str, **data: str | bool) -> Happening:
    return Happening(at(OPENS, day), who, kind, data)


def _evenings(
    chance: np.random.Generator, who: str, joined: float, declines: float | None, wish: float, ended: float
) -> Iterator[Happening]:
    habit, present = float(chance.gamma(2, 1.2)) + 0.2, float(chance.beta(1.4, 2.2))
    for day in range(max(0, int(joined)), int(min(ended, DAYS))):
        pace = present * (1.25 if day % 7 >= 4 else 0.9)
        if declines is not None and day > declines:
            pace *= max(0.08, 1 - (day - declines) / max(1.0, wish - declines))
        if chance.random() < pace:
            quantity = 1 + int(chance.poisson(habit))
            yield used(at(OPENS, day + float(chance.uniform(17, 23.9)) / 24), who, "episodes.seen", quantity)
