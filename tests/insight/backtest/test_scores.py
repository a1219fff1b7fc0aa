"""Figures beside their definitions, and beside values that are published."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.insight.backtest.judging.scores import auc, precision_by_recall, share, top_tenth

scored = st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=2, max_size=40)


def test_wilsons_interval_is_the_published_one() -> None:
    """Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    intervals = [share(81, 263), share(15, 148), share(0, 20), share(1, 29)]
    assert [(round(each.low or 0, 4), round(each.high or 0, 4)) for each in intervals] == [
        (0.2553, 0.3662), (0.0624, 0.1605), (0.0, 0.1611), (0.0061, 0.1718)
    ]  # fmt: skip
    assert share(0, 0).value is None


@given(scored)
@settings(max_examples=200, deadline=None)
def test_auc_is_how_often_the_true_one_scores_higher(each: list[tuple[int, bool]]) -> None:
    scores, true = np.array([float(s) for s, _ in each]), np.array([t for _, t in each])
    above = [1.0 if a > b else 0.5 if a == b else 0.0 for a in scores[true] for b in scores[~true]]
    found = auc(scores, true)
    if not above:
        assert found.value is None
        return
    assert found.value == pytest.approx(sum(above) / len(above), abs=1e-6)
    assert found.low is not None
    assert found.value is not None
    assert found.low <= found.value <= (found.high or 0)


def test_delongs_interval_is_that_of_drawing_again() -> None:
    chance = np.random.default_rng(7)
    true = chance.random(600) < 0.3
    scores = chance.normal(size=600) + true
    found = auc(scores, true)
    drawn = [auc(scores[rows], true[rows]).value for rows in chance.integers(0, 600, (800, 600))]
    low, high = np.quantile([each for each in drawn if each is not None], [0.025, 0.975])
    assert found.low == pytest.approx(low, abs=0.01)
    assert found.high == pytest.approx(high, abs=0.01)


def test_the_top_tenth_counts_equals_at_its_edge_in_part() -> None:
    scores = np.array([9.0, 5, 5, 5, 5] + [0.0] * 25)
    true = np.array([True, True, False, True, False] + [False] * 25)
    assert top_tenth(scores, true).value == pytest.approx(2 / 3)
    assert top_tenth(scores[:9], true[:9]).value is None


def test_precision_goes_down_the_list() -> None:
    scores, true = np.array([3.0, 2, 2, 1]), np.array([True, False, True, False])
    assert precision_by_recall(scores, true) == [(0.5, 1.0, 0.25), (1.0, 0.6667, 0.75), (1.0, 0.5, 1.0)]
    assert precision_by_recall(scores, np.zeros(4, dtype=bool)) == []
