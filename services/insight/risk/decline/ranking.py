"""Whose use looks most like falling: all with a habit, of whatever size, in one order."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from services.insight.risk.calendar import Calendar
from services.insight.risk.decline.model import ALL_USE, Model, log_odds, weights_of
from services.insight.risk.decline.signs import Floats, Sums, ages_of, signs, sums_of_all, table_of
from services.insight.risk.decline.state import KEPT, PURCHASES, State, uses_of
from services.insight.risk.rule import Standard

SIZE = 7
"""The place of the size of the habit among the signs."""


def scores(states: Sequence[State], at: datetime, standard: Standard, calendar: Calendar) -> Floats:
    """Log odds that use falls by half: of all use together and of purchases, each weighing by the size of
    the habit.

    While nothing is learnt they only rank. -inf: there has been no use for as long as is remembered.
    """
    model: Model | None = standard.parameters
    week, found, weighs = calendar.week_of(at), np.zeros(len(states)), np.zeros(len(states))
    for behaviour, seen in ((ALL_USE, _all_use(states, week, model)), (PURCHASES, _purchases(states, week))):
        odds = log_odds(weights_of(model, behaviour), seen)
        some = np.isfinite(odds)
        size = np.exp(signs(Sums(*(each[some] for each in seen)))[:, SIZE])
        found[some] += size * odds[some]
        weighs[some] += size
    return np.where(weighs > 0, found / np.where(weighs > 0, weighs, 1.0), -np.inf)


def _purchases(states: Sequence[State], week: int) -> Sums:
    return sums_of_all(*_table(states, week, PURCHASES))


def _all_use(states: Sequence[State], week: int, model: Model | None) -> Sums:
    table, ages = np.zeros((len(states), KEPT)), np.zeros(len(states))
    scales = dict(model.scales) if model else {}
    for behaviour in sorted({name for state in states for name, _ in state if name != PURCHASES}):
        of_one, since = _table(states, week, behaviour)
        table += scales.get(behaviour, 1.0) * of_one
        ages = np.maximum(ages, since)
    return sums_of_all(table, ages)


def _table(states: Sequence[State], week: int, behaviour: str) -> tuple[Floats, Floats]:
    """Of everybody, those who never did it with nothing."""
    places, uses = uses_of(states, behaviour)
    weeks = [use.until(week) for use in uses]
    table, ages = np.zeros((len(states), KEPT)), np.zeros(len(states))
    table[places], ages[places] = table_of(weeks), ages_of(weeks)
    return table, ages
