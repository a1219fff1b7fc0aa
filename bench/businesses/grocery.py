"""A grocery: households come every few days, each in their own week, and mostly leave by coming less.

Some go on holiday for weeks and are as regular after it; some move house and are gone from one day to the
next.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench.businesses.business import Business, Happening, Truth, at, business, paid, shop_hours, start

OPENS, DAYS = start(2023), 371
SEASON = (0.97, 1.0, 0.95, 1.0, 0.98, 0.97, 0.9, 0.88, 0.98, 1.0, 1.06, 1.15)


@dataclass(frozen=True, slots=True)
class Household:
    """Days are counted from the opening; `fades` is how long a decline takes until what is left, `floor`."""

    joined: float
    visits_a_day: float
    weekdays: np.ndarray
    basket: float
    declines: float | None
    fades: float
    floor: float
    left: float | None
    away: tuple[tuple[float, float], ...]

    def pace(self, day: int) -> float:
        """The chance of a visit on this day."""
        if day < self.joined or (self.left is not None and day >= self.left):
            return 0.0
        if any(first <= day < last for first, last in self.away):
            return 0.0
        pace = self.visits_a_day * self.weekdays[day % 7] * SEASON[min(11, day * 12 // 365)]
        if self.declines is not None and day > self.declines:
            pace *= max(self.floor, 1 - (1 - self.floor) * (day - self.declines) / self.fades)
        return float(min(pace, 0.95))


def grocery(seed: int = 1, households: int = 2_000) -> Business:
    """Some 110,000 baskets of a year."""
    chance = np.random.default_rng([seed, 101])
    log: list[Happening] = []
    truth: dict[str, Truth] = {}
    for number in range(households):
        who, home = f"household-{number:04}", _household(chance)
        log += _visits(chance, who, home)
        declines = None if home.declines is None else at(OPENS, home.declines)
        truth[who] = Truth(declines, None if home.left is None else at(OPENS, home.left))
    return business("grocery", OPENS, at(OPENS, DAYS), log, truth)


def _household(chance: np.random.Generator) -> Household:
    joined = 0.0 if chance.random() < 0.85 else float(chance.uniform(0, 300))
    fate = chance.random()
    declines = left = None
    fades, floor = float(chance.uniform(42, 112)), float(chance.uniform(0.05, 0.4))
    if fate < 0.14:
        declines = float(chance.uniform(joined + 30, DAYS))
        left = declines + fades + float(chance.exponential(30)) if chance.random() < 0.7 else None
    elif fate < 0.19:
        left = float(chance.uniform(joined + 20, DAYS))
    away = tuple(
        (day, day + float(chance.uniform(7, 24))) for day in chance.uniform(0, DAYS, chance.poisson(1.3))
    )
    return Household(
        joined, float(chance.gamma(1.6, 0.13)) + 0.02, 7 * chance.dirichlet(np.full(7, 2.5)),
        float(chance.lognormal(7.6, 0.5)), declines, fades, floor, left, away,
    )  # fmt: skip


def _visits(chance: np.random.Generator, who: str, home: Household) -> Iterator[Happening]:
    for number, day in enumerate(d for d in range(DAYS) if chance.random() < home.pace(d)):
        yield paid(
            at(OPENS, day + shop_hours(chance)), who, number, home.basket * float(chance.lognormal(0, 0.6))
        )
