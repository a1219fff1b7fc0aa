"""What there was to tell of: cancellations, or times of falling use, and how soon alerts and plain rules told
of them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.backtest.judging.labels import FALSE, TRUE, WEEK, Label, came_true
from services.insight.backtest.judging.silences import FEWEST, Plain, Told
from services.insight.backtest.log.history import Ints
from services.insight.backtest.log.outcome import BITS, Outcome

DAY = 86_400
DAYS = (*range(2, 30), *range(30, 90, 5), *range(90, 366, 15))


class Occasions(NamedTuple):
    """In order of customer and time: an alert from `since` on and before `until` tells of it."""

    whose: Ints
    since: Ints
    until: Ints


def occasions(label: Label, outcome: Outcome, since: int, end: int) -> Occasions:
    """Those of the time between two moments, in seconds since 1970."""
    if label.what == "cancelled":
        whose, at = outcome.cancelled.keys >> BITS, outcome.cancelled.keys & ((1 << BITS) - 1)
        kept = (at >= since) & (at < end)
        return Occasions(whose[kept], (at - label.weeks * WEEK)[kept], at[kept])
    return _runs(label, outcome, since, end)


def _runs(label: Label, outcome: Outcome, since: int, end: int) -> Occasions:
    """Weeks on end in which an alert would have been right."""
    everybody = np.arange(len(outcome.customers), dtype=np.int64)
    begun = np.full(len(everybody), -1, dtype=np.int64)
    found: list[tuple[Ints, Ints, Ints]] = []
    for morning in range(since, end - label.weeks * WEEK + 1, WEEK):
        at = np.full(len(everybody), morning)
        true = (came_true(label, outcome, everybody, at) == TRUE) & (morning >= outcome.began)
        over = (begun >= 0) & ~true
        found.append((everybody[over], begun[over], at[over]))
        begun = np.where(true, np.where(begun < 0, morning, begun), -1)
    last = begun >= 0
    found.append((everybody[last], begun[last], np.full(int(last.sum()), end - label.weeks * WEEK + WEEK)))
    whose, opened, ended = (np.concatenate(each) for each in zip(*found, strict=True))
    order = np.lexsort((opened, whose))
    return Occasions(whose[order], opened[order], ended[order])


def told_of(label: Label, outcome: Outcome, there: Occasions, whose: Ints, at: Ints) -> Told:
    """What came of alerts. Days: of cancellations, how long before them, of use that falls, how long after it
    began to be right to say so; of the first alert that told."""
    judged = came_true(label, outcome, whose, at)
    right, wrong = judged == TRUE, judged == FALSE
    first = _first_within(there, whose, at)
    told = first < there.until
    seconds = (there.until - first if label.what == "cancelled" else first - there.since)[told]
    number = int(right.sum() + wrong.sum())
    return Told(
        number, int(right.sum()),
        round(float(right.sum()) / number, 6) if number else None,
        round(float(told.sum()) / len(told), 6) if len(told) else None,
        round(float(np.median(seconds)) / DAY, 2) if len(seconds) else None,
        round(float(seconds.mean()) / DAY, 2) if len(seconds) else None,
    )  # fmt: skip


def _first_within(there: Occasions, whose: Ints, at: Ints) -> Ints:
    """The first alert at or after each began, of the same customer; far away where there is none."""
    keys = np.sort((whose << BITS) + at)
    found = np.append(keys, -1)[np.searchsorted(keys, (there.whose << BITS) + np.maximum(there.since, 0))]
    return np.where(found >> BITS == there.whose, found & ((1 << BITS) - 1), 2**40)


def best_days(
    label: Label, outcome: Outcome, there: Occasions, precision: float, since: int, end: int
) -> Plain | None:
    """The number of days without use (in a log without it: without a purchase) that is right as often and
    told soonest of most; None: no number is right as often."""
    best: tuple[float, Plain] | None = None
    for days in DAYS:
        whose, at = quiet_for(outcome, days, since, end)
        told = told_of(label, outcome, there, whose, at)
        if told.told < FEWEST or told.precision is None or told.precision < precision:
            continue
        if (worth := _worth(label, told)) > (best[0] if best else -1.0):
            best = worth, Plain(float(days), told)
    return best[1] if best else None


def _worth(label: Label, told: Told) -> float:
    days = told.mean_days or 0.0
    return (told.recall or 0.0) * (days if label.what == "cancelled" else 7.0 * label.weeks - days)


def quiet_for(outcome: Outcome, days: int, since: int, end: int) -> tuple[Ints, Ints]:
    """Customers and moments at which each became silent for so many days."""
    keys: NDArray[np.int64] = outcome.active.keys
    at = (keys & ((1 << BITS) - 1)) + days * DAY
    whose = keys >> BITS
    following = np.append(keys[1:], -1)
    lasted = (following >> BITS != whose) | ((following & ((1 << BITS) - 1)) > at)
    kept = lasted & (at >= since) & (at <= end)
    return whose[kept], at[kept]
