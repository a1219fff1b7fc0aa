"""How MBG/NBD's chance is corrected: by what became of silences that are old enough to tell.

Every week of the past is asked of who was silent then whether they bought within the horizon. A silence
that is asked often counts as one. Logistic regression, its weights drawn towards those that leave MBG/NBD
as it is.
"""

from typing import NamedTuple

import numpy as np

from services.insight.risk.mbg.likelihood import Floats
from services.insight.risk.purchases import Ints, Silences
from services.insight.risk.silence.learning.logistic import weights
from services.insight.risk.silence.model import AS_MBG, RISING, Model, signs

WEEK = 7
WORTH = 0.35
"""Below this chance, and within the usual gap, nobody wonders: what happens there must not bend the rest."""
DRAWN = 1.0
"""Silences that the prior counts for, on each weight."""
FEWEST = 100
"""Silences that are old enough, below which nothing is corrected."""
AT_MOST = 12_000
"""Answers: of more, only every second week is asked, or every fourth."""
LEAST = np.array([0.05, -np.inf, *[0.0] * (RISING - 2), *[-np.inf] * (len(AS_MBG) - RISING)])
"""The chance must rise while a silence lasts."""


class Answers(NamedTuple):
    """Signs, a column an answer; whether the silence lasted for the horizon; and the weight of each
    answer."""

    asked: Floats
    stayed: Floats
    counts: Floats


def corrected(
    model: Model, past: Silences, begins: int, now: int, start: tuple[float, ...]
) -> tuple[float, ...] | None:
    """Weights learnt from silences of the past as they were known on the morning of `now`, asked in the weeks
    since `begins`; None while too few are old enough. `start` only saves time."""
    answers = _answers(model, past, begins, now)
    if answers.counts.sum() < FEWEST:
        return None
    found = weights(
        answers.asked, answers.stayed, answers.counts, np.array(AS_MBG), DRAWN, LEAST, np.array(start)
    )
    return tuple(float(f"{weight:.5g}") for weight in found)


def _answers(model: Model, past: Silences, begins: int, now: int) -> Answers:
    horizon = round(model.horizon * WEEK)
    whose, when = asked(past, begins, now - horizon)
    seen = signs(model, past.columns[:, whose], when - past.last[whose])
    worth = (seen[0] > np.log(WORTH / (1 - WORTH))) | (seen[3] > 0)
    whose, when = whose[worth], when[worth]
    stayed = past.back[whose] >= when + horizon
    return Answers(seen[:, worth], stayed.astype(np.float64), 1.0 / np.bincount(whose)[whose])


def asked(past: Silences, begins: int, latest: int) -> tuple[Ints, Ints]:
    """Places of silences, and a morning of each on which it is asked: every week's, or fewer of very many."""
    last, back = past.last.astype(np.int64), past.back
    oldest = np.maximum((latest - np.minimum(back, latest) + WEEK - 1) // WEEK, 0)
    newest = (latest - np.maximum(last + 1, begins + 1)) // WEEK
    times = np.maximum(newest - oldest + 1, 0)
    apart = 1
    while times.sum() > AT_MOST * apart:
        apart *= 2
    first = -(-oldest // apart) * apart
    times = np.maximum((newest - first) // apart + 1, 0)
    whose = np.repeat(np.arange(len(back)), times)
    nth = np.arange(len(whose)) - np.repeat(np.cumsum(times) - times, times)
    return whose, latest - WEEK * (first[whose] + apart * nth)
