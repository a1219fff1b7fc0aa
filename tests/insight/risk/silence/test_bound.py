"""Bounds: reached once in a silence, on the first morning that is named, and by many at once as by each."""

from math import log

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.insight.risk.silence.bound import Bound, are_reached, first_day, is_reached
from services.insight.risk.silence.model import Model
from services.insight.risk.silence.state import Silence, broken
from tests.insight.risk.logs import LEARNT

bounds = st.builds(Bound, st.sampled_from([0.0, 0.3, 0.65, 0.9]), st.integers(1, 60))
gaps = st.lists(st.integers(1, 90), max_size=6)
models = st.sampled_from([learnt.model for learnt in LEARNT])


def silence(of_gaps: list[int]) -> Silence:
    found, day = broken(None, 739_000), 739_000
    for gap in of_gaps:
        day += gap
        found = broken(found, day)
    return found


@given(models, bounds, gaps, st.integers(1, 30), st.integers(0, 200))
def test_the_first_day_is_the_first_on_which_it_is_reached(
    model: Model, bound: Bound, of_gaps: list[int], after: int, span: int
) -> None:
    state = silence(of_gaps)
    days = range(state.last + after, state.last + after + span + 1)
    there = [day for day in days if is_reached(model, bound, state, day)]
    assert first_day(model, bound, state, days[0], days[-1]) == (there[0] if there else None)
    assert not there or there == list(range(there[0], days[-1] + 1))


@given(models, bounds, st.lists(gaps, min_size=1, max_size=5), st.integers(1, 200))
def test_of_many_at_once_nobody_is_missed(
    model: Model, bound: Bound, each: list[list[int]], days: int
) -> None:
    states = [silence(of_gaps) for of_gaps in each]
    after = np.full(len(states), float(days))
    found = are_reached(model, (bound,), np.array(states, dtype=np.float64).T, after)[0]
    alone = [is_reached(model, bound, state, state.last + days) for state in states]
    assert all(many or not one for many, one in zip(found, alone, strict=True))


def test_a_purchase_breaks_the_silence_and_two_of_one_day_are_one() -> None:
    first = broken(None, 10)
    assert broken(first, 10) == first
    assert broken(broken(first, 13), 20) == Silence(
        10, 20, 2, log(3) + log(7), log(3) * log(3) + log(7) * log(7)
    )
