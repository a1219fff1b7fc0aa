"""The chance that was stated against what came: by how often the customer had bought."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from services.insight.backtest.judging.judgement import Ground
from services.insight.backtest.judging.labels import FALSE, TRUE, Label, came_true
from services.insight.backtest.judging.scores import share
from services.insight.backtest.log.history import Ints
from services.insight.backtest.replay.alerts import Reason

CLASSES = (
    ("no purchase", 0, 0),
    ("one purchase", 1, 1),
    ("two", 2, 2),
    ("three or four", 3, 4),
    ("more", 5, None),
)
FEWEST = 200
"""Matured alerts from which on a class says something."""


def by_class(ground: Ground, reasons: Sequence[tuple[str, Reason]]) -> list[dict[str, Any]]:
    """Of all alerts whose chance was stated, by rule and class. A chance that names its horizon is held to
    that."""
    found = []
    for rule in sorted({each.rule for _, each in reasons}):
        stated = [(who, each) for who, each in reasons if each.rule == rule and each.chance and each.horizon]
        if stated:
            found += _of_rule(ground, rule, stated)
    return found


def _of_rule(ground: Ground, rule: str, stated: Sequence[tuple[str, Reason]]) -> list[dict[str, Any]]:
    whose = ground.outcome.numbers([who for who, _ in stated])
    at = np.array([int(each.at.timestamp()) for _, each in stated], dtype=np.int64)
    chance = np.array([each.chance for _, each in stated], dtype=np.float64)
    horizon = np.array([round(each.horizon or 0) for _, each in stated])
    became = np.zeros(len(stated), dtype=np.int8)
    for weeks in np.unique(horizon):
        these = horizon == weeks
        became[these] = came_true(Label("no purchase", int(weeks)), ground.outcome, whose[these], at[these])
    days, known = _days_bought(ground, whose, at), (became == TRUE) | (became == FALSE)
    rows = []
    for name, low, high in CLASSES:
        here = known & (days >= low) & (days <= (high if high is not None else 2**31))
        if number := int(here.sum()):
            actual = share(int((became[here] == TRUE).sum()), number)
            mean = round(float(chance[here].mean()), 4)
            rows.append(
                {
                    "rule": rule,
                    "class": name,
                    "stated": mean,
                    "actual": actual._asdict(),
                    "says": number >= FEWEST,
                }
            )
    return rows


def _days_bought(ground: Ground, whose: Ints, at: Ints) -> Ints:
    """On how many days each customer had bought before."""
    keys = np.repeat(ground.buyers, np.diff(ground.bought.starts)) * 2**24 + ground.bought.days
    days = at // 86_400 + 719_163
    return np.searchsorted(keys, whose * 2**24 + days) - np.searchsorted(keys, whose * 2**24)
