"""The parts of learning: regression, what would have been right, what is stated, who ranks first."""

import numpy as np
import pytest

from services.insight.risk.purchases import purchases
from services.insight.risk.silence.bound import Bound
from services.insight.risk.silence.learning.choice import FEWEST, Tried, best, old, tried
from services.insight.risk.silence.learning.doubt import doubt
from services.insight.risk.silence.learning.fitted import fitted, histories
from services.insight.risk.silence.learning.logistic import weights
from services.insight.risk.silence.learning.ranks import ranking
from services.insight.risk.silence.ranking import Ranking, scores
from services.insight.risk.silence.stated import stated
from tests.insight.risk.logs import LEARNT
from tests.insight.risk.silence.shops import OPENS, shop

WEEKS = 60
NOW = OPENS + 7 * WEEKS
LOG = purchases(shop(1_500, WEEKS))
PAST = LOG.silences()
MODEL = LEARNT[1].model


def test_regression_finds_the_weights_and_keeps_to_their_least() -> None:
    chance = np.random.default_rng(3)
    signs = np.array([np.ones(20_000), chance.normal(size=20_000), chance.normal(size=20_000)])
    true = np.array([-0.5, 1.2, -0.8])
    answers = (chance.random(20_000) < 1 / (1 + np.exp(-(true @ signs)))).astype(np.float64)
    nothing, open_ = np.zeros(3), np.full(3, -np.inf)
    found = weights(signs, answers, np.ones(20_000), nothing, 1.0, open_, nothing)
    assert found == pytest.approx(true, abs=0.06)
    least = np.array([-np.inf, 0.0, 0.0])
    held = weights(signs, answers, np.ones(20_000), nothing, 1.0, least, nothing)
    assert held[2] == 0
    again = weights(signs, answers, np.ones(20_000), nothing, 1.0, least, np.array([2.0, 3.0, 4.0]))
    assert again == pytest.approx(held, abs=1e-6)


def test_every_bound_is_judged_by_enough_alerts_and_a_later_one_is_right_more_often() -> None:
    by_chance, by_days = tried(MODEL, old(PAST, NOW, 91))
    assert min(each.alerts for each in [*by_chance, *by_days]) >= FEWEST
    precisions = [each.precision for each in by_days if each.alerts > 300]
    assert precisions[-1] > precisions[0] + 0.2


def test_alerts_count_once_their_horizon_has_passed() -> None:
    by_days = {each.bound.days: each for each in tried(MODEL, old(PAST, NOW, 91))[1]}
    at = PAST.last + 40
    told = (at <= PAST.back) & (at + 91 <= NOW)
    assert by_days[40].alerts == pytest.approx(int(told.sum()), rel=0.02)
    assert by_days[40].right == int((told & (PAST.back >= at + 91)).sum())


def judged(bound: Bound, precision: float, delay: float) -> Tried:
    return Tried(bound, 1_000.0, 1_000 * precision, delay)


def test_the_soonest_of_those_that_were_right_as_often_as_wished_is_best() -> None:
    chances = [judged(Bound(0.5), 0.63, 30), judged(Bound(0.6), 0.7, 40), judged(Bound(0.7), 0.71, 60)]
    days = [judged(Bound(0.0, 50), 0.7, 90)]
    assert best([chances, days], 0.65) == chances[1]
    assert best([chances, days], 0.9) is None


def test_just_beyond_a_cliff_is_no_place_for_a_bound() -> None:
    days = [
        judged(Bound(0.0, 30), 0.2, 30),
        judged(Bound(0.0, 31), 0.7, 31),
        judged(Bound(0.0, 32), 0.7, 32),
    ]
    assert best([[], days], 0.65) == days[2]


def test_plain_days_are_taken_where_they_are_nearly_as_good() -> None:
    chances, days = [judged(Bound(0.6), 0.7, 40)], [judged(Bound(0.0, 45), 0.7, 45)]
    assert best([chances, days], 0.65) == days[0]
    assert best([chances, days], 0.65, Bound(0.6)) == chances[0], "what stands is not left for so little"


def test_fewer_customers_leave_more_doubt() -> None:
    doubts = []
    for customers in (60, 1_500):
        seen = histories(purchases(shop(customers, 12, gap=40)).standing(), OPENS + 84)
        doubts.append(doubt(fitted(seen, None), seen, 0.72, 39))
    assert doubts[0] > 2 * doubts[1]


def test_what_is_stated_is_shifted_for_the_class_of_customer() -> None:
    shifts = (0.0, -0.5, -1.0, -2.0)
    said = [stated(0.75, repeats, shifts) for repeats in (0, 1, 2, 3, 4, 9)]
    assert said == pytest.approx([0.75, 0.645, 0.525, 0.525, 0.289, 0.289], abs=1e-3)
    assert stated(1.0, 0, shifts) <= 1


def test_a_ranking_is_learnt_once_silences_are_old_enough_and_the_longer_silence_ranks_first() -> None:
    assert ranking(MODEL, purchases(shop(150, 9)).silences(), OPENS + 35, OPENS + 63) is None
    found = ranking(MODEL, PAST, OPENS + 35, NOW)
    assert isinstance(found, Ranking)
    same = np.repeat(np.array([[1.0, 100.0, 3.0, 9.0, 28.0]]).T, 3, axis=1)
    said = scores(MODEL, found, same, np.array([10.0, 40.0, 160.0]))
    assert list(np.argsort(said)) == [0, 1, 2]


def test_a_sample_is_every_second_customer_whole() -> None:
    thin = LOG.thinned(800)
    assert len(thin.starts) - 1 == 750
    assert list(thin.days[: thin.starts[1]]) == list(LOG.days[: LOG.starts[1]])
    assert list(thin.days[thin.starts[1] : thin.starts[2]]) == list(LOG.days[LOG.starts[2] : LOG.starts[3]])
    assert LOG.thinned(1_500) is LOG
