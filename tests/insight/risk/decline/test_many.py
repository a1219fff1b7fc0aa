"""Whom a boundary may concern is asked of all at once, and nobody whom it concerns is left out."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.insight.risk.calendar import Calendar
from services.insight.risk.decline.fall import Settings
from services.insight.risk.decline.model import UNTAUGHT, Learnt, Model
from services.insight.risk.decline.state import State, Use
from services.insight.risk.rule import Open, Standard
from services.insight.risk.rules.use_in_decline import USE_IN_DECLINE

CALENDAR = Calendar(738_000)
WEEK = 40
MODEL = Model(40, (Learnt("calls", UNTAUGHT, 0.6), Learnt("purchases", UNTAUGHT)))
STEADY, FALLEN, GONE = ((9,) * 20 + last for last in ((9,) * 4, (4, 3, 4, 3), (0,) * 4))

uses = st.builds(
    lambda ago, weeks: Use(WEEK - ago, tuple(weeks)),
    st.integers(0, 35), st.lists(st.sampled_from([0, 0, 1, 2, 5, 9]), min_size=1, max_size=31),
)  # fmt: skip
states = st.dictionaries(st.sampled_from(["calls", "files", "purchases"]), uses, max_size=3).map(
    lambda each: tuple(sorted(each.items()))
)
stands = st.none() | st.builds(Open, st.sampled_from(["calls@12", "purchases@30"]), st.integers(1, 3))
standards = st.sampled_from([Standard(Settings(), 1), Standard(Settings(2, 3, least=1.0), 1, MODEL)])


@given(st.lists(st.tuples(states, stands), min_size=1, max_size=8), standards)
@settings(max_examples=400, deadline=None)
def test_whoever_has_another_thing_to_say_is_named(
    each: list[tuple[State, Open | None]], standard: Standard
) -> None:
    assert USE_IN_DECLINE.coming is not None
    boundary = CALENDAR.boundary(WEEK)
    before = boundary - timedelta(microseconds=1)
    named = USE_IN_DECLINE.coming(
        [state for state, _ in each], boundary, standard, CALENDAR, [stands for _, stands in each]
    )
    for (state, stands), is_named in zip(each, named, strict=True):
        due = USE_IN_DECLINE.due(state, before, boundary, standard, CALENDAR, stands)
        assert due is None or is_named


def scores(*each: tuple[int, ...], model: Model | None = MODEL) -> list[float]:
    assert USE_IN_DECLINE.scores is not None
    told: list[State] = [(("calls", Use(WEEK - 1, weeks)),) if weeks else () for weeks in each]
    return list(
        USE_IN_DECLINE.scores(told, CALENDAR.boundary(WEEK), Standard(Settings(), 1, model), CALENDAR)
    )


@pytest.mark.parametrize("model", [None, MODEL])
def test_everybody_with_a_habit_is_ranked_and_nobody_else(model: Model | None) -> None:
    steady, fallen, gone, never = scores(STEADY, FALLEN, GONE, (), model=model)
    assert never == -np.inf < steady < fallen < gone


def test_a_week_that_is_not_over_counts_for_nothing() -> None:
    told: list[State] = [(("calls", Use(week, STEADY)),) for week in (WEEK - 1, WEEK)]
    assert USE_IN_DECLINE.scores is not None
    over, _ = USE_IN_DECLINE.scores(told, CALENDAR.boundary(WEEK), Standard(Settings(), 1), CALENDAR)
    told[1] = (("calls", Use(WEEK, (*STEADY, 1_000))),)
    assert over == USE_IN_DECLINE.scores(told, CALENDAR.boundary(WEEK), Standard(Settings(), 1), CALENDAR)[1]
