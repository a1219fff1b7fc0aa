"""Histories: what a boundary sees of purchase days."""

from datetime import date

import numpy as np

from services.insight.risk.mbg.histories import Seen, histories, seen
from tests.insight.risk.mbg.cdnow import at_week

BOUNDARY = date(2024, 3, 4)


def test_days_from_the_boundary_on_are_not_seen() -> None:
    days = [date(2024, 1, 1), date(2024, 2, 29), date(2024, 3, 4)]
    assert seen(days, BOUNDARY) == Seen(date(2024, 1, 1), date(2024, 2, 29), 1, date(2024, 1, 1), 0)


def test_who_began_in_the_last_week_had_no_history_before_it() -> None:
    assert seen([date(2024, 2, 26)], BOUNDARY) == Seen(date(2024, 2, 26), date(2024, 2, 26), 0, None, None)


def test_who_has_not_bought_is_not_seen() -> None:
    assert seen([BOUNDARY], BOUNDARY) is None


def test_weeks_are_counted_from_the_end_of_the_first_day() -> None:
    found = histories([(Seen(date(2024, 2, 25), date(2024, 3, 3), 1, date(2024, 2, 25), 0), 5)], BOUNDARY)
    assert [float(column[0]) for column in (*found.now, *found.before)] == [1, 1, 1, 0, 0, 0]
    assert found.count == found.repeaters == 5


def test_in_whatever_order_and_parts_customers_come_the_histories_are_the_same() -> None:
    one, two = (Seen(date(2024, 1, n), date(2024, 1, n), 0, date(2024, 1, n), 0) for n in (1, 2))
    whole, parts = (
        histories(each, BOUNDARY) for each in ([(one, 3), (two, 2)], [(two, 1), (one, 3), (two, 1)])
    )
    assert np.array_equal(whole.now, parts.now)
    assert list(whole.customers) == list(parts.customers) == [2, 3]


def test_every_customer_is_in_one_half_and_the_halves_are_alike() -> None:
    found = at_week(39)
    one, other = found.halves()
    assert np.array_equal(one.customers + other.customers, found.customers)
    assert abs(one.count - other.count) <= 1
    assert abs(one.repeaters - other.repeaters) <= 1
