"""How far partitions are judged: to where the clock stands, at boundaries only with settled parameters."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from services.insight.judging.frontier import (
    Frontier,
    Place,
    entering,
    going_further,
    idle,
    opened,
    passing,
    unsettled,
    vouched,
)  # fmt: skip
from services.insight.risk.calendar import Calendar
from services.insight.risk.standards import MICROSECOND, Standards
from shared.core.watermark import Clock, SourceWatermark

ORIGIN = datetime.combine(date(2026, 1, 1), time(), UTC)
STANDARDS = Standards(Calendar(ORIGIN.toordinal()), ())


def on(number: float) -> datetime:
    return ORIGIN + timedelta(days=number)


def clock(number: float | None, closed: bool = False) -> Clock:
    """Come so many days from the origin."""
    if number is None:
        return Clock({}, None)
    return Clock({"/shop": SourceWatermark(on(number), timedelta(), closed)}, on(number))


def place(reached: float | None, through: float, week: int) -> Place:
    return Place(clock(reached), Frontier(on(through), week))


def test_when_the_calendar_opens_all_before_its_first_day_is_judged() -> None:
    assert opened(STANDARDS) == Frontier(on(0) - MICROSECOND, 0)


@pytest.mark.parametrize(
    ("reached", "through"),
    [(3.0, on(3)), (3.9, on(3.9)), (7.0, on(7) - MICROSECOND), (70.0, on(7) - MICROSECOND)],
    ids=["a morning", "within a day", "the boundary", "far beyond"],
)
def test_time_passes_to_where_the_clock_stands_and_stops_just_before_the_boundary(
    reached: float, through: datetime
) -> None:
    assert passing({4: place(reached, 0, 0)}, STANDARDS) == {4: Frontier(through, 0)}


@pytest.mark.parametrize("reached", [None, 2.0, 3.0])
def test_where_the_clock_has_not_moved_nothing_passes(reached: float | None) -> None:
    assert passing({4: place(reached, 3, 0)}, STANDARDS) == {}


def at_end(reached: float, week: int) -> Place:
    return Place(clock(reached), Frontier(STANDARDS.end_of(week), week))


def test_a_week_is_entered_once_its_parameters_are_settled_and_the_clock_is_there() -> None:
    places = {0: at_end(14.0, 1), 1: at_end(13.9, 1), 2: place(14.0, 12, 1)}
    assert entering(places, STANDARDS, settled=1) == {}
    assert entering(places, STANDARDS, settled=2) == {0: Frontier(STANDARDS.end_of(1), 2)}


def test_who_lags_behind_enters_week_by_week_though_later_weeks_are_settled() -> None:
    assert entering({0: at_end(70.0, 1)}, STANDARDS, settled=9) == {0: Frontier(STANDARDS.end_of(1), 2)}


def test_a_week_is_settled_when_the_slowest_clock_is_at_its_boundary() -> None:
    assert unsettled([clock(14.0), clock(13.9)], STANDARDS, settled=1) is None
    assert unsettled([clock(14.0), clock(None)], STANDARDS, settled=1) is None
    assert unsettled([clock(14.0), clock(30.0)], STANDARDS, settled=1) == 2


def test_weeks_are_settled_one_after_the_other() -> None:
    assert unsettled([clock(70.0)], STANDARDS, settled=2) == 3
    assert unsettled([clock(70.0)], STANDARDS, settled=10) is None


def test_where_something_may_be_due_a_partition_is_asked_where_it_stands() -> None:
    places = {1: place(3, 3, 0), 2: place(5, 3, 0)}
    assert going_further(places, [1, 9], STANDARDS, 0) == {1: Frontier(on(3), 0), 2: Frontier(on(5), 0)}


def test_after_the_last_word_what_was_heard_late_is_judged_at_the_next_moment_if_anything_is_due() -> None:
    ended = Place(clock(3, closed=True), Frontier(on(3), 0))
    further = going_further({1: ended}, [1], STANDARDS, 0)
    assert further == {1: Frontier(on(3) + MICROSECOND, 0)}
    assert idle(further, {1: ended}, due={1}) == []
    assert idle(further, {1: ended}, due=()) == [1]


def test_where_a_partition_stands_and_nothing_is_due_there_is_nothing_to_do() -> None:
    standing, moving = place(3, 3, 0), place(5, 3, 0)
    places = {1: standing, 2: moving}
    further = going_further(places, [1, 2], STANDARDS, 0)
    assert idle(further, places, due=()) == [1]
    assert idle(further, places, due={1}) == []


def test_before_its_end_a_closed_clock_is_followed_as_any_other() -> None:
    behind = Place(clock(5, closed=True), Frontier(on(3), 0))
    assert going_further({1: behind}, [1], STANDARDS, 0) == {1: Frontier(on(5), 0)}


def test_where_a_clock_that_closed_is_judged_to_its_end_all_is_said() -> None:
    assert vouched(clock(9.4, closed=True), on(9.4)) == (on(9.4), True)
    assert vouched(clock(9.4, closed=True), on(9)) == (on(9), False)
    assert vouched(clock(9.4), on(9.4)) == (on(9.4), False)


def test_in_a_week_that_a_former_release_entered_no_time_passes_before_it_is_settled() -> None:
    places = {1: place(75, 70, 10)}
    assert going_further(places, [1], STANDARDS, settled=9) == {}
    assert going_further(places, [1], STANDARDS, settled=10) == {1: Frontier(on(75), 10)}
