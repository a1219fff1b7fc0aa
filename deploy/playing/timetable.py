"""In which order a log is published, and when its source vouches for the time: heartbeats that hold true.

A heartbeat at T with allowed lateness L promises that everything before T - L is published. Shuffled within D
days means: each row comes at its own time plus something in [0, D). Once all that comes up to S is out,
everything that happened up to S - D is out, so the source may say S, with lateness D.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from deploy.purchases.purchase import DAY, Log, Purchase, midnight


@dataclass(frozen=True, slots=True)
class Arrival:
    """A purchase published at `moment` of event time; `again`: the same row was published before."""

    moment: datetime
    purchase: Purchase
    again: bool = False


@dataclass(frozen=True, slots=True)
class Beat:
    """A heartbeat, for every partition."""

    moment: datetime
    lateness: timedelta
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Disorder:
    """What goes wrong on the way: rows up to `days` late, and some of them sent again at any later moment."""

    days: float = 0
    duplicates: int = 0
    seed: int = 1997


def arrivals(purchases: Sequence[Purchase], disorder: Disorder, end: datetime) -> list[Arrival]:
    """Every purchase once, in order of arrival; and `duplicates` of them once more, at any moment later."""
    dice = random.Random(disorder.seed)
    late = timedelta(days=disorder.days)
    first = [Arrival(purchase.time + late * dice.random(), purchase) for purchase in purchases]
    last = max([end, *(arrival.moment for arrival in first)])
    again = dice.choices(first, k=disorder.duplicates)
    seconds = [Arrival(one.moment + (last - one.moment) * dice.random(), one.purchase, True) for one in again]
    return sorted([*first, *seconds], key=lambda arrival: (arrival.moment, arrival.again))


def timetable(log: Log, disorder: Disorder) -> Iterator[Arrival | Beat]:
    """Arrivals with the heartbeats between them: at the opening, at every midnight passed, and at the end.

    No heartbeat speaks of a time after the log's end: deadlines after it are nobody's to judge.
    """
    lateness = timedelta(days=disorder.days)
    yield Beat(log.opens, timedelta())
    midnight_next = log.opens + DAY
    for arrival in arrivals(log.purchases, disorder, log.end):
        # A quiet year is many midnights: each is said, since each is a tick that a replay must hear as well.
        while midnight_next <= min(midnight(arrival.moment), log.end):
            yield Beat(midnight_next, lateness)
            midnight_next += DAY
        yield arrival
    while midnight_next < log.end:
        yield Beat(midnight_next, lateness)
        midnight_next += DAY
    yield Beat(log.end, timedelta(), closed=True)
