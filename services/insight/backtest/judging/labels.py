"""What an alert may come true by: said in words, judged from what the log tells of the time after it."""

import re
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.backtest.log.history import Ints
from services.insight.backtest.log.outcome import Outcome

What = Literal["no purchase", "cancelled", "use falls by half"]
WHATS: tuple[What, ...] = ("no purchase", "cancelled", "use falls by half")
USUAL: dict[str, int | None] = {"no purchase": None, "cancelled": 13, "use falls by half": 8}
"""Weeks where none are named; None: the log's own rhythm says."""
WEEK = 7 * 86_400
SLACK = 7_200
"""Seconds by which clocks that are put forward may shorten a week."""
HABIT, YOUNGEST, LEAST = 12, 8, 0.2
"""Weeks that make a habit, weeks that are needed at least, and the use a week below which there is no habit
to fall from."""
TRUE, FALSE, OPEN, NOTHING = 1, 0, -1, -2
"""What became of it. Open: the log ends before it can be told. Nothing: there was no habit to fall from."""
FORM = re.compile(rf"({'|'.join(WHATS)})(?: (?:in|for) (\d+) (weeks?|days?))?")


class Unlabelled(ValueError):
    """The text is no label; the message says which there are."""


class Label(NamedTuple):
    """`what` within so many weeks after an alert."""

    what: What
    weeks: int

    def __str__(self) -> str:
        return f"{self.what} in {self.weeks} week{'' if self.weeks == 1 else 's'}"


def label(text: str, rhythm: int) -> Label:
    """As in "no purchase in 8 weeks"; without a number, `rhythm` weeks for purchases, and what is usual."""
    found = FORM.fullmatch(" ".join(text.lower().split()))
    if not found:
        raise Unlabelled(f"{text!r} is no label: say {', '.join(map(repr, WHATS))}, each with `in N weeks`")
    what, number, unit = found.groups()
    named = next(each for each in WHATS if each == what)
    days = unit is not None and unit.startswith("day")
    weeks = (int(number) // 7 if days else int(number)) if number else USUAL[named] or rhythm
    if not 1 <= weeks <= 520 or (days and int(number) % 7):
        raise Unlabelled(f"{text!r}: a label looks 1 to 520 whole weeks ahead")
    return Label(named, weeks)


def came_true(label: Label, outcome: Outcome, whose: Ints, at: Ints) -> NDArray[np.int8]:
    """Of alerts on customers (by number) at moments (seconds since 1970): TRUE, FALSE, OPEN or NOTHING.

    Nothing that is open is told early: what comes true soon would count, and what does not would not.
    """
    until = at + label.weeks * WEEK
    if label.what == "no purchase":
        true = outcome.bought.after(whose, at) >= until
    elif label.what == "cancelled":
        true = outcome.cancelled.after(whose, at) < until
    else:
        true = _has_fallen(label, outcome, whose, at)
    told = np.where(true, TRUE, FALSE)
    if label.what == "use falls by half":
        told = np.where(_habit(label, outcome, whose, at) >= LEAST * label.weeks, told, NOTHING)
    return np.where(until > outcome.end + SLACK, OPEN, told).astype(np.int8)


def _has_fallen(label: Label, outcome: Outcome, whose: Ints, at: Ints) -> NDArray[np.bool_]:
    used = outcome.use_between(whose, at, at + label.weeks * WEEK)
    return np.asarray(used <= _habit(label, outcome, whose, at) / 2)


def _habit(label: Label, outcome: Outcome, whose: Ints, at: Ints) -> NDArray[np.float64]:
    """Use in as many weeks as the label's, as it was in the weeks before."""
    weeks = np.minimum((at - outcome.began[whose]) / WEEK, HABIT)
    before = outcome.use_between(whose, at - HABIT * WEEK, at)
    return np.where(weeks >= YOUNGEST, before / np.maximum(weeks, 1) * label.weeks, 0.0)
