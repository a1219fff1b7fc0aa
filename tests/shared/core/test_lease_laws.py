"""The laws of leases: who holds the clock, for how long, and how far one word alone can move it."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.event import Event
from shared.core.watermark import NEAR, Clock
from tests.shared.core.reminders import beat, minute
from tests.shared.core.test_leases import LEASES, said, steps
from tests.shared.core.test_watermark import after

WEEK, DAY = 7 * 24 * 60, 24 * 60


def weekly(number: int, source: str) -> Event:
    return beat(number * WEEK, source, lease=DAY)


def test_of_two_that_speak_more_seldom_than_their_lease_the_one_that_died_stops_no_clock() -> None:
    both = [weekly(number, source) for number in range(3) for source in ("/till", "/shop")]
    clock = after(*both, *(weekly(number, "/shop") for number in range(3, 7)))
    assert (clock.watermark, set(clock.expired)) == (minute(6 * WEEK), {"/till"})


def test_who_speaks_more_seldom_than_its_lease_is_no_lease_ahead_of_others_by_one_word() -> None:
    both = [weekly(number, source) for number in range(9) for source in ("/till", "/shop")]
    assert not after(*both).expired


def test_nor_do_two_words_at_a_time_keep_a_dead_one_alive() -> None:
    """As who loads a file a week says, before and after."""
    loads = [beat(number * WEEK + minutes, "/shop", lease=DAY) for number in range(8) for minutes in (0, 5)]
    clock = after(weekly(0, "/till"), *loads)
    assert (clock.watermark, set(clock.expired)) == (minute(7 * WEEK + 5), {"/till"})


def test_who_was_regular_since_its_last_absence_for_its_lease_may_be_absent_again() -> None:
    regular = [said(0, "/till"), *steps("/shop", 0, 3), *steps("/till", 1, 3)]
    again = [*steps("/till", 3_000, 3_020), *steps("/shop", 3_000, 3_020)]
    clock = after(*regular, *again, said(6_000, "/shop"))
    assert (clock.watermark, dict(clock.expired)) == (minute(3_020), {})


def test_one_absence_is_no_time_that_has_passed() -> None:
    clock = after(
        said(0, "/till"), *steps("/shop", 0, 2), said(3_000, "/shop"), *steps("/till", 3_000, 3_001)
    )
    assert (clock.watermark, dict(clock.expired)) == (minute(3_000), {})


def test_who_has_spoken_of_a_time_was_not_silent_in_it_whoever_tells_it_again() -> None:
    """A backlog of one source and the first word of another together expire nobody."""
    told = [said(0, "/till"), said(0, "/app"), said(100, "/app"), *steps("/till", 1, 99)]
    clock = after(*told, said(140, "/shop"))
    assert dict(clock.expired) == {}
    assert (clock.watermark, clock.holder) == (minute(99), "/till")


def test_a_backlog_told_word_by_word_outlives_who_has_not_told_its_own_and_loses_it_nothing() -> None:
    """The order decides: who tells only its last word after an outage passes for nobody's death."""
    clock = after(said(0, "/till"), *steps("/shop", 0, 60))
    assert list(clock.expired) == ["/till"]
    back = after(said(0, "/till"), *steps("/shop", 0, 60), *steps("/till", 1, 60))
    assert (back.watermark, dict(back.expired)) == (minute(60), {})
    assert after(said(0, "/till"), said(0, "/shop"), said(60, "/shop"), said(60, "/till")) == after(
        said(0, "/shop"), said(0, "/till"), said(60, "/till"), said(60, "/shop")
    )


def test_a_newcomer_counts_once_it_has_come_to_where_the_clock_stands() -> None:
    """A lease says how long a source may be silent, not how far it may be behind."""
    history = [beat(at, "/history", lease=90 * DAY) for at in (-40 * DAY, -10 * DAY, -DAY)]
    clock = after(*steps("/shop", 0, 3), *history, said(4, "/shop"))
    assert (clock.watermark, set(clock.sources)) == (minute(4), {"/shop"})
    there = clock.hear(beat(4, "/history", lease=90 * DAY)).hear(said(5, "/shop"))
    assert (there.watermark, there.holder) == (minute(4), "/history")


def test_a_line_that_is_slow_by_some_minutes_is_waited_for_all_the_same() -> None:
    clock = after(*steps("/shop", 0, 60), said(60 - NEAR.seconds / 60, "/app"), said(61, "/shop"))
    assert (clock.watermark, clock.holder) == (minute(60), "/app")


def test_a_source_that_expired_and_is_closed_by_hand_vouches_for_its_lease_at_most() -> None:
    """Nobody else counts, and the time that `publish` gives is now."""
    gone = after(said(0, "/till"), *steps("/shop", 0, 20), said(20, "/shop", closed=True))
    clock = gone.hear(said(10**6, "/till", closed=True))
    assert (clock.watermark, clock.closed) == (minute(20), True)


def test_a_source_that_closed_already_vouches_for_no_more_by_closing_again() -> None:
    clock = after(said(0, "/till"), said(3, "/till", closed=True), said(10**6, "/till", closed=True))
    assert (clock.watermark, clock.hear(said(10**6, "/till", closed=True))) == (minute(3), clock)


def test_a_source_that_nobody_knows_vouches_for_nothing_by_closing() -> None:
    over = after(said(0, "/till"), said(1, "/till", closed=True))
    assert over.hear(said(10**6, "/app", closed=True)).watermark == minute(1)
    alive = after(*steps("/shop", 0, 3)).hear(said(10**6, "/app", closed=True))
    assert (alive.watermark, alive.hear(said(4, "/shop")).watermark) == (minute(3), minute(4))


def test_who_closes_within_its_lateness_vouches_for_no_more_than_it_says() -> None:
    """A log that was shuffled and broken off has days of which not all is published."""
    clock = after(beat(60, late=10, lease=90), beat(60, late=10, closed=True, lease=90))
    assert clock.watermark == minute(50)


def test_a_closed_source_opens_again_by_a_later_moment_only() -> None:
    closed = after(said(0, "/till"), said(3, "/till", closed=True))
    assert closed.hear(said(3, "/till")) == closed
    assert not closed.hear(said(3.1, "/till")).closed


AWAITED = frozenset({"/conversion", "/insight"})


def awaiting(*beats: Event) -> Clock:
    clock = Clock()
    for each in beats:
        clock = clock.hear(each, AWAITED)
    return clock


def test_of_two_that_are_awaited_one_that_opens_again_moves_no_clock_alone() -> None:
    both = [beat(60, source, closed=True) for source in sorted(AWAITED)]
    alone = awaiting(*both, beat(90, "/conversion"))
    assert alone.watermark == minute(60)
    assert alone.hear(beat(80, "/insight"), AWAITED).watermark == minute(80)


def test_of_two_that_are_awaited_one_that_closed_again_later_moves_no_clock_alone() -> None:
    both = [beat(60, source, closed=True) for source in sorted(AWAITED)]
    assert awaiting(*both, beat(90, "/conversion", closed=True)).watermark == minute(60)


any_word = st.builds(
    lambda at, source, late, closed: beat(at, source, late, closed, lease=LEASES[source]),
    st.integers(0, 200),
    st.sampled_from(sorted(LEASES)),
    st.integers(0, 20),
    st.booleans(),
)
words = st.lists(any_word, max_size=40)


@given(words, any_word)
def test_a_word_after_an_absence_moves_the_clock_no_further_than_the_others_vouch_for(
    spoken: Sequence[Event], word: Event
) -> None:
    clock = after(*spoken)
    others = [each.watermark for name, each in clock.sources.items() if each.counts and name != word.source]
    before = clock.sources.get(word.source)
    is_absence = before is None or word.time - before.seen > before.lease
    reached = clock.hear(word).watermark
    if others and is_absence and (before is None or not before.is_seldom):
        assert reached is not None
        assert reached <= max(min(others), clock.watermark or reached)


@given(words, any_word)
def test_no_word_that_closes_moves_a_clock_past_the_lease_of_its_source(
    spoken: Sequence[Event], word: Event
) -> None:
    clock = after(*spoken)
    closing = word._replace(data=word.data.model_copy(update={"closed": True}))
    if clock.watermark is not None and all(not each.counts for each in clock.sources.values()):
        before = clock.sources.get(word.source)
        most = max(before.seen + before.lease, clock.watermark) if before else clock.watermark
        reached = clock.hear(closing).watermark
        assert reached is not None
        assert reached <= most


@given(words, st.integers(-300, 200))
def test_who_has_not_come_to_the_clock_never_holds_it(spoken: Sequence[Event], back: int) -> None:
    clock = after(*spoken, *steps("/till", 201, 203))
    late = clock.hear(beat(back, "/history", lease=10**5))
    if clock.watermark and minute(back) + NEAR < clock.watermark:
        assert late == clock


@given(words, st.sampled_from([1, 40, 3_000]))
def test_whoever_died_one_that_goes_on_at_any_rhythm_moves_the_clock(
    spoken: Sequence[Event], rhythm: int
) -> None:
    moments = range(300, 300 + 100 * rhythm, rhythm)
    clock = after(*spoken, *(said(at, "/till") for at in moments))
    assert clock.watermark == minute(moments[-1])
