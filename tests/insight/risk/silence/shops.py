"""Shops on paper: customers who come at their own pace and quit after any purchase, from a fixed seed."""

import numpy as np

from services.insight.risk.known import Known
from services.insight.risk.purchases import Purchases, purchases
from services.insight.risk.silence.learning.learn import learn
from services.insight.risk.silence.learnt import Learnt, Settings

OPENS = 738_000


def shop(customers: int, weeks: int, gap: float = 12.0, quits: float = 0.2, seed: int = 1) -> list[list[int]]:
    """Days of purchase of each; gaps of `gap` days in the mean, shared by none."""
    chance = np.random.default_rng(seed)
    bought = []
    for _ in range(customers):
        day, own = float(chance.uniform(0, 7 * weeks - 1)), gap * float(chance.lognormal(0, 0.5))
        days = {int(day)}
        while chance.random() > quits:
            day += 1 + float(chance.exponential(own))
            if day < 7 * weeks:
                days.add(int(day))
        bought.append([OPENS + each for each in sorted(days)])
    return bought


def payers(customers: int, weeks: int, quits: float = 0.05, seed: int = 1) -> list[list[int]]:
    """Who pay on every 30th day, or one day later, until they quit."""
    chance = np.random.default_rng(seed)
    bought = []
    for _ in range(customers):
        day, days = int(chance.integers(0, 30)), []
        while day < 7 * weeks:
            days.append(OPENS + day)
            if chance.random() < quits:
                break
            day += 30 + int(chance.random() < 0.4)
        bought.append(days)
    return bought


def known(bought: Purchases, week: int) -> Known:
    now = OPENS + 7 * week
    return Known(OPENS, now, week, bought.until(now))


def lessons(bought: list[list[int]], weeks: int, settings: Settings | None = None) -> list[Learnt | None]:
    """What each week's boundary teaches, from the first on."""
    log, found = purchases(bought), []
    before: Learnt | None = None
    for week in range(1, weeks):
        before = learn(known(log, week), settings or Settings(), before) or before
        found.append(before)
    return found
