"""Customers who buy as those of CDNOW did: MBG/NBD with the parameters fitted there, seeded."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from bench.events import Letter, heartbeats, name, purchase
from bench.sizes import ORIGIN, Sizes

R, ALPHA, A, B = 0.525, 6.183, 0.891, 1.614
"""Fader and Hardie's MBG/NBD of the CDNOW sample; time in weeks."""
SEED = 20260101
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def history(sizes: Sizes) -> Iterator[Letter]:
    """Purchases of everybody up to the present, a heartbeat every morning."""
    chance = random.Random(SEED)
    bought = sorted(
        (moment, number)
        for number in range(sizes.customers)
        for moment in _life(chance, sizes.history_weeks)
    )
    orders = (
        (moment, purchase(f"history-{place}", name(number), moment))
        for place, (moment, number) in enumerate(bought)
    )
    return _with_heartbeats(orders, ORIGIN, sizes.present, DAY)


def _life(chance: random.Random, weeks: int) -> Iterator[datetime]:
    rate, leaving = chance.gammavariate(R, 1 / ALPHA), chance.betavariate(A, B)
    week = chance.uniform(0, weeks)
    while week < weeks:
        yield ORIGIN + timedelta(weeks=week)
        if chance.random() < leaving or rate <= 0:
            return
        week += chance.expovariate(rate)


def rush(sizes: Sizes) -> Iterator[Letter]:
    """One week of the regulars, who buy far more than before; a heartbeat every hour, seven mornings, one refit."""
    chance = random.Random(SEED + 1)
    week = timedelta(weeks=1)
    orders = (
        (moment, purchase(f"rush-{place}", name(chance.randrange(sizes.regulars)), moment))
        for place, moment in enumerate(sizes.present + week * place / sizes.rush for place in range(sizes.rush))
    )
    return _with_heartbeats(orders, sizes.present + HOUR, sizes.present + week, HOUR)


def _with_heartbeats(
    orders: Iterator[tuple[datetime, Letter]], beat: datetime, end: datetime, every: timedelta
) -> Iterator[Letter]:
    for moment, letter in orders:
        while beat <= moment:
            yield from heartbeats(beat)
            beat += every
        yield letter
    while beat <= end:
        yield from heartbeats(beat)
        beat += every
