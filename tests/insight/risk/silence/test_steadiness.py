"""What is learnt brings few alerts of itself: they come as time passes."""

import numpy as np

from services.insight.risk.purchases import purchases
from services.insight.risk.silence.bound import Bound, are_reached
from services.insight.risk.silence.learning.steadiness import FEW, FEW_AT_ONCE, gently
from services.insight.risk.silence.learnt import Learnt
from tests.insight.risk.logs import LEARNT
from tests.insight.risk.silence.shops import OPENS, shop

NOW = OPENS + 7 * 40
STANDING = purchases(shop(2_000, 40)).standing()
BEFORE = LEARNT[0]


def told(learnt: Learnt) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    return np.asarray(are_reached(learnt.model, learnt.bounds[:1], STANDING.columns, NOW - STANDING.last)[0])


def with_first(learnt: Learnt, bound: Bound) -> Learnt:
    return learnt._replace(bounds=(bound, *learnt.bounds[1:]))


def test_a_far_lower_bound_is_come_to_slowly() -> None:
    high, low = with_first(BEFORE, Bound(0.995)), with_first(BEFORE, Bound(0.3))
    held = gently(high, low, STANDING, NOW)
    newly = int((told(held) & ~told(high)).sum())
    assert newly <= max(len(STANDING.back) // FEW, int(told(high).sum()) / 7)
    assert int(told(low).sum()) > 20 * max(newly, 1)


def test_so_is_one_in_days() -> None:
    high, low = with_first(BEFORE, Bound(0.0, 300)), with_first(BEFORE, Bound(0.0, 20))
    held = gently(high, low, STANDING, NOW)
    assert 0 <= int(told(held).sum()) <= len(STANDING.back) // FEW
    assert held.bounds[0].days > 20


def test_the_first_that_is_ever_said_may_be_more() -> None:
    low = with_first(BEFORE, Bound(0.0, 20))
    assert 0 < int(told(gently(None, low, STANDING, NOW)).sum()) <= len(STANDING.back) // FEW_AT_ONCE


def test_a_higher_bound_is_taken_at_once() -> None:
    high, low = with_first(BEFORE, Bound(0.9)), with_first(BEFORE, Bound(0.5))
    assert gently(low, high, STANDING, NOW) == high
