"""How far partitions are judged: to the clock's morning, at boundaries only with settled parameters."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from services.insight.churn.buyer import Judged
from services.insight.churn.policy import Policy
from services.insight.churn.rules import Rules, Schedule
from services.insight.churn.weeks import Weeks, morning
from services.insight.judgement import stream
from services.insight.progress import Place, entering, fit_due, part_of, passing, vouched
from shared.core.store import Timer
from shared.core.watermark import Clock, SourceWatermark

ORIGIN = date(2026, 1, 1)
RULES = Rules(Policy(first_week=2), Weeks(ORIGIN), Schedule())


def on(number: float) -> date:
    return ORIGIN + timedelta(days=number)


def clock(number: float | None) -> Clock:
    """Come so many days from the origin."""
    midnight = datetime.combine(ORIGIN, time(), UTC)
    return Clock({}, None if number is None else midnight + timedelta(days=number))


def place(reached: float | None, through: int, week: int) -> Place:
    return Place(clock(reached), Judged(on(through), week))


@pytest.mark.parametrize(
    ("reached", "through"),
    [(3.0, 3), (3.9, 3), (6.0, 6), (7.0, 6), (70.0, 6)],
    ids=["a morning", "within a day", "the last of the week", "the boundary", "far beyond"],
)
def test_time_passes_to_the_clocks_morning_and_stops_before_the_boundary(
    reached: float, through: int
) -> None:
    assert passing({4: place(reached, 0, 0)}, RULES) == {4: Judged(on(through), 0)}


@pytest.mark.parametrize("reached", [None, 2.0, 3.0, 3.9])
def test_where_the_clock_brings_no_new_morning_nothing_passes(reached: float | None) -> None:
    assert passing({4: place(reached, 3, 0)}, RULES) == {}


def test_a_week_before_the_first_that_is_fitted_is_entered_by_the_clock_alone() -> None:
    places = {0: place(7.0, 6, 0), 1: place(6.9, 6, 0), 2: place(7.0, 5, 0)}
    assert entering(places, RULES, decided=0) == {0: Judged(on(6), 1)}


def test_a_fitted_week_is_entered_once_its_parameters_are_settled() -> None:
    places = {0: place(14.0, 13, 1)}
    assert entering(places, RULES, decided=0) == {}
    assert entering(places, RULES, decided=1) == {}
    assert entering(places, RULES, decided=2) == {0: Judged(on(13), 2)}


def test_who_lags_behind_enters_week_by_week_though_later_weeks_are_settled() -> None:
    assert entering({0: place(70.0, 13, 1)}, RULES, decided=9) == {0: Judged(on(13), 2)}


def test_a_fit_waits_for_the_slowest_clock() -> None:
    assert fit_due([clock(14.0), clock(13.9)], RULES, decided=0) is None
    assert fit_due([clock(14.0), clock(None)], RULES, decided=0) is None
    assert fit_due([clock(14.0), clock(30.0)], RULES, decided=0) == 2


def test_weeks_are_fitted_one_after_the_other() -> None:
    assert fit_due([clock(70.0)], RULES, decided=2) == 3
    assert fit_due([clock(70.0)], RULES, decided=10) is None


def test_where_more_are_due_than_fit_time_passes_to_the_morning_before_the_last_that_is_known() -> None:
    further, now = {2: Judged(on(5), 0), 3: Judged(on(5), 0)}, {2: Judged(on(1), 0), 3: Judged(on(1), 0)}
    last = Timer(morning(on(4)), stream("anna"), 2)
    assert part_of(further, now, {2: last}).judged == {2: Judged(on(3), 0), 3: Judged(on(5), 0)}


def test_a_morning_on_which_more_are_due_than_fit_is_judged_in_parts_and_the_partition_stands() -> None:
    last = Timer(morning(on(2)), stream("anna"), 2)
    part = part_of({2: Judged(on(5), 0)}, {2: Judged(on(1), 0)}, {2: last})
    assert (part.until, part.judged) == ({2: Judged(on(2), 0)}, {})


def test_after_the_last_morning_of_a_clock_that_closed_all_is_said_up_to_its_end() -> None:
    open_, end = clock(9.4), clock(9.4).watermark
    assert end is not None
    closed = Clock({"/shop": SourceWatermark(end, timedelta(), True)}, end)
    assert vouched(closed, morning(on(9))) == (end, True)
    assert vouched(closed, morning(on(8))) == (morning(on(8)), False)
    assert vouched(open_, morning(on(9))) == (morning(on(9)), False)
