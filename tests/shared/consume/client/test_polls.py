"""Stamps are wall-clock milliseconds, moments monotonic seconds: the two need not agree."""

from shared.consume.client.polls import LATELY, Polls

ONE, OTHER = ("signals", 0), ("signals", 1)
HOUR = 3_600_000


def test_kafka_is_polled_while_the_stamps_change_wherever_the_wall_clock_stands() -> None:
    polls = Polls()
    for second, clock in enumerate((HOUR, HOUR + 1, 1, 2, 10 * HOUR)):
        assert polls.lately({ONE: clock, OTHER: clock}, second)


def test_a_clock_that_was_set_back_does_not_hide_that_kafka_is_not_polled() -> None:
    polls = Polls()
    last = 2 * HOUR  # the wall clock says HOUR from now on: the last answer seems to lie ahead
    assert polls.lately({ONE: last}, 0.0)
    assert polls.lately({ONE: last}, LATELY - 0.1)
    assert not polls.lately({ONE: last}, LATELY)


def test_one_partition_that_is_not_answered_for_is_enough() -> None:
    polls = Polls()
    assert polls.lately({ONE: 1, OTHER: 1}, 0.0)
    assert not polls.lately({ONE: 2, OTHER: 1}, LATELY)


def test_nothing_is_polled_where_nothing_was_answered_or_is_owned() -> None:
    assert not Polls().lately({ONE: None}, 0.0)
    assert not Polls().lately({}, 0.0)
