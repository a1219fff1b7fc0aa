"""A source that dies: by the others' time its lease runs out, and no clock waits for it any more."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.event import Event
from shared.core import watermark
from shared.core.watermark import MOST_EXPIRED, MOST_SOURCES, Clock
from tests.shared.core.reminders import beat, minute
from tests.shared.core.test_watermark import after, never_goes_back

LEASES = {"/shop": 10, "/app": 30, "/till": 5}


def said(at: float, source: str, closed: bool = False) -> Event:
    return beat(at, source, closed=closed, lease=LEASES[source])


def steps(source: str, start: int, end: int) -> list[Event]:
    """A word a minute."""
    return [said(at, source) for at in range(start, end + 1)]


def test_a_source_that_dies_holds_the_clock_until_its_lease_runs_out() -> None:
    held = after(said(0, "/till"), *steps("/shop", 0, 5))
    assert (held.watermark, held.holder, dict(held.expired)) == (minute(0), "/till", {})
    freed = held.hear(said(6, "/shop"))
    assert (freed.watermark, freed.holder, dict(freed.expired)) == (minute(6), "/shop", {"/till": minute(0)})


def test_a_source_that_is_alone_never_expires() -> None:
    assert not after(said(0, "/till"), said(10**4, "/till")).expired


def test_sources_that_died_together_do_not_keep_each_other_alive() -> None:
    clock = after(said(0, "/till"), said(3, "/app"), *steps("/shop", 3, 40))
    assert (clock.watermark, set(clock.expired)) == (minute(40), {"/till", "/app"})


def test_one_word_from_far_ahead_is_no_time_that_has_passed() -> None:
    clock = after(*steps("/shop", 0, 3), said(10**6, "/app"), said(10**6 + 1_000, "/app"), said(4, "/shop"))
    assert (clock.watermark, dict(clock.expired)) == (minute(4), {})


def test_who_is_back_first_after_an_outage_of_all_does_not_outlive_the_others() -> None:
    clock = after(said(0, "/till"), said(0, "/shop"), said(3_000, "/shop"), said(3_001, "/till"))
    assert (clock.watermark, dict(clock.expired)) == (minute(3_000), {})


def test_a_backlog_tells_nothing_about_those_who_have_spoken_of_its_times() -> None:
    clock = after(said(0, "/app"), *steps("/till", 0, 28), *steps("/app", 1, 28))
    assert (clock.watermark, dict(clock.expired)) == (minute(28), {})


def test_a_source_that_speaks_again_counts_once_it_has_caught_up() -> None:
    clock = after(said(0, "/till"), *steps("/shop", 0, 60))
    behind = clock.hear(said(50, "/till"))
    assert (behind.watermark, behind.hear(said(61, "/shop")).watermark) == (minute(60), minute(61))
    assert list(behind.expired) == ["/till"]
    back = behind.hear(said(56, "/till"))
    assert (back.watermark, dict(back.expired)) == (minute(60), {})
    assert back.hear(said(62, "/shop")).hear(said(61, "/till")).watermark == minute(61)


def test_a_source_that_joins_late_neither_holds_the_clock_nor_is_it_lost() -> None:
    clock = after(*steps("/shop", 0, 60), said(3, "/till"))
    assert clock == after(*steps("/shop", 0, 60))
    assert clock.hear(said(55, "/till")).hear(said(61, "/shop")).watermark == minute(60)


def test_a_source_that_closed_long_ago_is_forgotten_and_not_opened_again_by_an_old_word() -> None:
    clock = after(said(1, "/till"), said(2, "/till", closed=True), *steps("/shop", 0, 8))
    assert set(clock.sources) == {"/shop"}
    assert clock.hear(said(1, "/till")) == clock
    assert not clock.closed


def test_a_source_that_expired_can_be_closed_by_hand() -> None:
    clock = after(said(0, "/till"), *steps("/shop", 0, 20), said(20, "/till", closed=True))
    assert dict(clock.expired) == {}
    assert clock.hear(said(27, "/shop")).sources.keys() == {"/shop"}


def test_a_source_that_is_awaited_is_waited_for_whatever_its_lease() -> None:
    awaited = frozenset({"/till", "/shop"})
    clock = Clock()
    for each in (said(0, "/till"), *steps("/shop", 0, 60)):
        clock = clock.hear(each, awaited)
    assert (clock.watermark, dict(clock.expired)) == (minute(0), {})
    clock = clock.hear(said(1, "/till"), awaited)
    assert clock.watermark == minute(1)


any_word = st.builds(said, st.integers(0, 200), st.sampled_from(sorted(LEASES)), st.booleans())
words = st.lists(any_word, max_size=40)


def again_changes_nothing(hear: Callable[..., Clock], spoken: Sequence[Event], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(spoken), max_size=5)) if spoken else []
    assert hear(*spoken, *again) == hear(*spoken)


@given(words, st.data())
def test_heartbeats_heard_again_change_nothing_whoever_expired(
    spoken: Sequence[Event], data: st.DataObject
) -> None:
    again_changes_nothing(after, spoken, data)


@given(words)
def test_no_heartbeat_turns_a_clock_back_whoever_expired(spoken: Sequence[Event]) -> None:
    never_goes_back(spoken)


@given(words)
def test_whoever_died_one_source_that_goes_on_moves_the_clock(spoken: Sequence[Event]) -> None:
    start = 202
    clock = after(*spoken, *steps("/till", start, start + 2 * max(LEASES.values())))
    assert clock.watermark == minute(start + 2 * max(LEASES.values()))


@given(words)
def test_who_speaks_is_never_expired_by_what_is_said_of_times_that_it_knows(spoken: Sequence[Event]) -> None:
    clock = after(*spoken, said(300, "/app"))
    assert not after(*spoken, said(300, "/app"), *steps("/shop", 201, 329)).expired.get("/app")
    assert clock.sources["/app"].seen - minute(0) == timedelta(minutes=300)


PODS = 3 * MOST_EXPIRED
"""Sources that are named by their process: each comes once and never again."""


def pod(number: int) -> str:
    return f"/pod-{number:03}"


def test_of_those_who_expired_the_last_are_remembered() -> None:
    clock = Clock()
    for number in range(PODS):
        clock = clock.hear(beat(number, pod(number), lease=2)).hear(said(number, "/shop"))
    assert MOST_EXPIRED <= len(clock.expired) <= MOST_EXPIRED + 10
    assert sorted(clock.expired) == [pod(n) for n in range(PODS - 3)[-len(clock.expired) :]]
    assert clock.hear(beat(1, pod(1), lease=2)) == clock
    back = clock.hear(beat(PODS, pod(1), lease=2)).hear(said(PODS + 2, "/shop"))
    assert (back.watermark, back.holder) == (minute(PODS), pod(1))


def test_where_many_are_known_nobody_joins_until_some_are_gone() -> None:
    """As who names its source anew in each word: they never let each other's lease run out."""
    clock = Clock()
    for number in range(MOST_SOURCES + 20):
        clock = clock.hear(beat(number, f"/word-{number}", lease=60))
    assert len(clock.sources) == MOST_SOURCES
    full = clock
    for word in steps("/till", MOST_SOURCES, MOST_SOURCES + 3):
        assert full.hear(word) == full
    for number in range(2 * MOST_SOURCES):
        clock = clock.hear(beat(MOST_SOURCES + number, "/word-0", lease=60))
    assert clock.watermark == minute(3 * MOST_SOURCES - 1)
    assert "/till" in clock.hear(said(3 * MOST_SOURCES, "/till")).sources


def test_who_is_awaited_joins_all_the_same() -> None:
    clock = Clock()
    for number in range(MOST_SOURCES):
        clock = clock.hear(beat(number, f"/word-{number}", lease=60), frozenset({"/till"}))
    assert "/till" in clock.hear(said(1, "/till"), frozenset({"/till"})).sources


def forgetting(*spoken: Event) -> Clock:
    with patch.object(watermark, "MOST_EXPIRED", 0):
        return after(*spoken)


@given(words, st.data())
def test_heartbeats_heard_again_change_nothing_whoever_is_forgotten(
    spoken: Sequence[Event], data: st.DataObject
) -> None:
    again_changes_nothing(forgetting, spoken, data)


@given(words)
def test_no_heartbeat_turns_a_clock_back_whoever_is_forgotten(spoken: Sequence[Event]) -> None:
    with patch.object(watermark, "MOST_EXPIRED", 0):
        never_goes_back(spoken)


@given(words)
def test_whoever_is_forgotten_one_that_goes_on_moves_the_clock(spoken: Sequence[Event]) -> None:
    assert forgetting(*spoken, *steps("/till", 202, 262)).watermark == minute(262)
