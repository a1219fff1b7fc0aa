"""Whether a log is long and large enough to judge by, and what would be."""

from typing import NamedTuple

import numpy as np

from services.insight.backtest.judging.judgement import Ground
from services.insight.backtest.judging.labels import Label

CUSTOMERS, CAME_BACK, MATURED = 100, 20, 20


class Lacking(NamedTuple):
    """What the log has too little of, and what would be enough, in words."""

    has: str
    wanted: str


def lacking(ground: Ground, labels: list[Label], matured: int, raised: int) -> list[Lacking]:
    """Nothing: it can be judged."""
    found = []
    customers = len(ground.outcome.customers)
    if customers < CUSTOMERS:
        found.append(Lacking(f"{_of(customers, 'customer')}", f"{CUSTOMERS} customers"))
    again = _came_back(ground)
    if again < CAME_BACK:
        found.append(
            Lacking(f"{_of(again, 'customer')} who came back", f"{CAME_BACK} who came back on another day")
        )
    weeks = (ground.window.until - ground.window.since) / (7 * 86_400)
    longest = max(label.weeks for label in labels)
    if weeks < longest + 8:
        found.append(
            Lacking(
                f"{weeks:.0f} weeks",
                f"{longest + 8} weeks: 8 to learn from, and {longest} after an alert until"
                f" it is known whether it was right",
            )
        )
    elif matured < MATURED:
        found.append(
            Lacking(
                f"{_of(matured, 'alert')} old enough to tell of {raised:,} raised",
                f"{MATURED} alerts that are {longest} weeks old: a longer log, or a label that looks less"
                " far ahead (--label)",
            )
        )
    return found


def _of(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _came_back(ground: Ground) -> int:
    """Customers who did something on two days at least."""
    keys = np.concatenate((ground.outcome.bought.keys, ground.outcome.active.keys))
    days = np.unique(np.stack([keys >> 34, (keys & (2**34 - 1)) // 86_400]), axis=1)
    return int((np.unique(days[0], return_counts=True)[1] >= 2).sum())
