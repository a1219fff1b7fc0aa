"""The horizon: within it nearly all have come who came back, seen through a log that ends today."""

from services.insight.risk.purchases import purchases
from services.insight.risk.silence.learning.horizon import UNKNOWN, horizon
from tests.insight.risk.silence.shops import OPENS, shop


def told(gap: float, weeks: int) -> int:
    log = purchases(shop(800, weeks, gap))
    return horizon(log.silences(), OPENS, OPENS + 7 * weeks)


def test_it_is_short_where_people_come_often_and_long_where_they_do_not() -> None:
    assert (told(3, 60), told(30, 200)) == (4, 26)


def test_a_young_log_has_seen_short_gaps_alone_and_tells_nothing() -> None:
    assert told(60, 20) == UNKNOWN


def test_without_returns_nothing_is_told() -> None:
    once = purchases([[OPENS + day] for day in range(100)])
    assert horizon(once.silences(), OPENS, OPENS + 400) == UNKNOWN
