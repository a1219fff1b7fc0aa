"""Customers who buy as those of CDNOW did: MBG/NBD with the parameters fitted there, seeded."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bench.load.events import Record, heartbeats, name, purchase
from bench.load.sizes import ORIGIN, Sizes

R, ALPHA, A, B = 0.525, 6.183, 0.891, 1.614
"""Fader and Hardie's MBG/NBD of the CDNOW sample; time in weeks."""
SEED = 20260101
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)


def history(sizes: Sizes) -> Iterator[Record]:
    """Purchases of everybody up to the present, a heartbeat every morning."""
    chance = random.Random(SEED)
    bought = sorted(
        (moment, number) for number in range(sizes.customers) for moment in _life(chance, sizes.history_weeks)
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


def regulars(sizes: Sizes) -> list[str]:
    """Who buys in the measured week."""
    return [name(number) for number in range(sizes.regulars)]


def rush(sizes: Sizes, buyers: Sequence[str], returning: Sequence[str] = ()) -> Iterator[Record]:
    """One week in which buyers buy far more than before; a heartbeat every hour, seven mornings, one refit.

    Each of those `returning` buys once, evenly spread over the week.
    """
    chance = random.Random(SEED + 1)
    every = sizes.rush // len(returning) if returning else sizes.rush + 1
    moments = (sizes.present + WEEK * place / sizes.rush for place in range(sizes.rush))
    whose = (
        returning[place // every % len(returning)] if place % every == every - 1 else chance.choice(buyers)
        for place in range(sizes.rush)
    )
    orders = (
        (moment, purchase(f"rush-{place}", customer, moment))
        for place, (moment, customer) in enumerate(zip(moments, whose, strict=True))
    )
    return _with_heartbeats(orders, sizes.present + HOUR, sizes.present + WEEK, HOUR)


def _with_heartbeats(
    orders: Iterator[tuple[datetime, Record]], beat: datetime, end: datetime, every: timedelta
) -> Iterator[Record]:
    for moment, record in orders:
        while beat <= moment:
            yield from heartbeats(beat)
            beat += every
        yield record
    while beat <= end:
        yield from heartbeats(beat)
        beat += every
