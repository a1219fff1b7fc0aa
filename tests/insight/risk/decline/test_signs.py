"""One customer's signs are those of many, and say what they are named after."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.insight.risk.decline.model import UNTAUGHT, Learnt, chance, log_odds
from services.insight.risk.decline.signs import SIGNS, ages_of, signs, sums, sums_of_all, table_of

uses = st.lists(st.integers(0, 60), min_size=1, max_size=30)


@given(st.lists(uses, min_size=1, max_size=6))
@settings(deadline=None)
def test_of_one_as_of_many(each: list[list[int]]) -> None:
    together = sums_of_all(table_of(each), ages_of(each))
    odds = log_odds(UNTAUGHT, together)
    for place, weeks in enumerate(each):
        assert [float(of[place]) for of in together] == [float(of) for of in sums(weeks)]
        alone = chance(Learnt("calls", UNTAUGHT, 0.5), weeks)
        assert np.isclose(1 / (1 + np.exp(-odds[place])), alone)
        assert (alone == 0.0) == (not any(weeks))


def test_there_is_a_weight_for_every_sign() -> None:
    assert len(UNTAUGHT) == len(SIGNS) == signs(sums([1, 2])).shape[-1]


@given(st.integers(1, 40))
def test_less_of_late_is_likelier_to_fall(habit: int) -> None:
    learnt = Learnt("calls", UNTAUGHT, 0.5)
    steady, halved, gone = ([habit] * 20 + [last] * 4 for last in (habit, habit // 2, 0))
    assert chance(learnt, steady) < chance(learnt, halved) <= chance(learnt, gone)
