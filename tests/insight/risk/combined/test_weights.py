"""The chance only rises with what weighs, is the same of one and many, and is told in words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.insight.risk.combined.rows import CLASSES, Rows, classes
from services.insight.risk.combined.weights import (
    Part,
    Weights,
    chance,
    combined,
    combined_of_many,
    in_words,
)

RULES = ("silence", "unusual_gap")
WEIGHTS = Weights(
    -2.0, (Part("silence", 0.0, 2.0, 1.2, 0.3, 0.4), Part("unusual_gap", 1.0, 0.5, 0.0, -0.4, 0.0)),
    (0.4, 0.1, 0.0, -0.3), (0.0, 0.2, 0.0, 0.1), (False, False, False, True),
)  # fmt: skip
numbers = st.floats(-20, 20)
scores = st.dictionaries(st.sampled_from(RULES), numbers | st.just(-np.inf))
severities = st.dictionaries(st.sampled_from(RULES), st.integers(0, 3))
weights = st.builds(
    lambda parts, always: WEIGHTS._replace(always=always, parts=parts),
    st.tuples(*(
        st.builds(Part, st.just(rule), numbers, st.floats(0.1, 5), st.floats(0, 3), numbers, st.floats(0, 3))
        for rule in RULES
    )),
    st.floats(-5, 5),
)  # fmt: skip


two = st.lists(numbers, min_size=2, max_size=2)
several = st.lists(st.tuples(numbers | st.just(-np.inf), st.integers(0, 3), st.integers(0, 9)), min_size=1)


@given(weights, scores, severities, st.integers(0, 9), st.sampled_from(RULES), two)
@settings(deadline=None)
def test_no_higher_score_makes_leaving_less_likely(
    learnt: Weights, of: dict[str, float], standing: dict[str, int], own: int, rule: str, each: list[float]
) -> None:
    chances = [combined({**of, rule: score}, standing, own, learnt) for score in sorted(each)]
    assert 0 <= chances[0] <= chances[1] <= 1


@given(weights, several)
@settings(deadline=None)
def test_of_one_as_of_many(learnt: Weights, each: list[tuple[float, int, int]]) -> None:
    of, standing, own = (np.array(column) for column in zip(*each, strict=True))
    rows = Rows({"silence": of}, {"silence": standing}, np.zeros(len(own), dtype=np.int64), own)
    together = combined_of_many(rows, learnt)
    alone = [combined({"silence": a}, {"silence": b}, c, learnt) for a, b, c in each]
    assert np.allclose(together, alone, rtol=1e-12)


def test_customers_are_classed_by_their_own_observations() -> None:
    named = [CLASSES[place] for place in classes(np.array([0, 1, 2, 3, 4, 90]))]
    assert named == ["none", "one", "two or three", "two or three", "four and more", "four and more"]


def test_a_chance_is_stated_of_an_alert_in_a_class_that_has_proved_itself_only() -> None:
    of, standing = {"silence": 3.0, "unusual_gap": 1.0}, {"silence": 2}
    assert chance(of, standing, 4, WEIGHTS) == pytest.approx(combined(of, standing, 4, WEIGHTS), abs=1e-9)
    assert chance(of, standing, 3, WEIGHTS) is None
    assert chance(of, {"silence": 0}, 4, WEIGHTS) is None
    assert chance(of, standing, 4, None) is None


def test_the_weights_are_told_in_words() -> None:
    first, second, third = in_words(WEIGHTS)
    assert first == (
        "silence weighs most: takes the odds of leaving times 3.3 with each usual spread of its score,"
        " and times 1.5 with each step of severity that stands"
    )
    assert second == "unusual gap adds nothing to what the others tell"
    assert (
        third == "a chance is shown where there are so many observations of the customer's own: four and more"
    )
    assert in_words(WEIGHTS._replace(shown=(False,) * 4))[-1] == "no chance is shown yet"
