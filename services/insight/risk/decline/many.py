"""Many customers at once: who may have something to say at a boundary."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from services.insight.risk.calendar import Calendar
from services.insight.risk.decline.fall import Settings
from services.insight.risk.decline.model import Learnt, log_odds
from services.insight.risk.decline.signs import Floats, ages_of, sums_of_all, table_of
from services.insight.risk.decline.state import State, uses_of
from services.insight.risk.rule import Open, Standard

LAST_BITS = 1e-9
"""Wider than any difference between one and many."""


def coming(
    states: Sequence[State],
    until: datetime,
    standard: Standard,
    calendar: Calendar,
    stand: Sequence[Open | None],
) -> NDArray[np.bool_]:
    """Who has another thing to say when the week of `until` begins; the weeks before it were judged."""
    week, model = calendar.week_of(until), standard.parameters
    may = np.array([stands is not None for stands in stand], dtype=bool)
    for behaviour in sorted({name for state in states for name, _ in state}):
        places, uses = uses_of(states, behaviour)
        weeks = [use.until(week) for use in uses]
        standing = [_of(stand[place], behaviour) for place in places]
        learnt = model.of(behaviour) if model else None
        may[places] = _changes(weeks, standing, learnt, standard.settings) | (
            may[places] & np.array([each is None for each in standing])
        )
    return may


def _of(stands: Open | None, behaviour: str) -> int | None:
    """How severe a fall of this behaviour was found."""
    return stands.severity if stands and stands.opening.rpartition("@")[0] == behaviour else None


def _changes(
    weeks: Sequence[Sequence[int]], standing: Sequence[int | None], learnt: Learnt | None, settings: Settings
) -> NDArray[np.bool_]:
    table, ages = table_of(weeks), ages_of(weeks)
    recent, habit, beyond = falls(table, ages, settings)
    part = np.where(habit > 0, recent / np.where(habit > 0, habit, 1.0), np.where(recent > 0, np.inf, 0.0))
    severities = np.array([-1 if each is None else each for each in standing])
    reached = sum((part <= each + LAST_BITS).astype(int) for each in settings.falls_to)
    enough = ages >= settings.recent + settings.habit
    over = (part >= settings.over_at - LAST_BITS) | ~enough
    opens = enough & (habit >= settings.least - LAST_BITS) & (part < settings.over_at + LAST_BITS)
    if learnt is None or learnt.bound is None:
        opens &= (beyond >= settings.beyond_chance - LAST_BITS) & (reached > 0)
    else:
        few = np.flatnonzero(opens & (severities < 0))
        odds = log_odds(learnt.weights, sums_of_all(table[few], ages[few]))
        opens[few] = odds >= np.log(learnt.bound / (1 - learnt.bound)) - LAST_BITS
    return np.where(severities < 0, opens, over | (reached > severities))


def falls(table: Floats, ages: Floats, settings: Settings) -> tuple[Floats, Floats, Floats]:
    """`fall` of many: use a week of late, by habit, and how far beyond chance."""
    known = np.maximum(ages - settings.recent, 1)
    recent = table[:, -settings.recent :].sum(axis=1) / settings.recent
    before = table[:, : -settings.recent]
    habit = before.sum(axis=1) / known
    spread = ((before * before).sum(axis=1) - known * habit**2) / np.maximum(known - 1, 1)
    noise = np.sqrt(np.maximum(spread, habit) * (1 / settings.recent + 1 / known))
    return recent, habit, np.where(habit > 0, (habit - recent) / np.where(habit > 0, noise, 1.0), 0.0)
