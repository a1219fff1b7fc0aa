"""A partition's clock: what its live sources vouch for, never less than before."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.event import Event
from shared.contracts.signals import SourceHeartbeat
from shared.core.batch import Snapshot
from shared.core.decision import BatchDecision
from shared.core.watermark import Clock
from tests.shared.core.reminders import NOON, beat, heard, minute, reminder_stage, requested


def after(*beats: Event) -> Clock:
    clock = Clock()
    for each in beats:
        clock = clock.hear(each)
    return clock


def test_a_clock_that_heard_nothing_has_reached_no_moment() -> None:
    assert Clock().watermark is None


def test_a_source_vouches_for_its_time_less_its_lateness() -> None:
    assert after(beat(60, late=10)).watermark == minute(50)


def test_the_slowest_live_source_holds_the_clock() -> None:
    assert after(beat(60, "/shop"), beat(20, "/app")).watermark == minute(60)  # what was vouched for stays
    assert after(beat(20, "/app"), beat(60, "/shop")).watermark == minute(20)
    assert after(beat(20, "/app"), beat(60, "/shop"), beat(40, "/app")).watermark == minute(40)


def test_a_source_that_is_awaited_holds_the_clock_until_it_has_spoken() -> None:
    awaited = frozenset({"/app", "/shop"})
    alone = Clock().hear(beat(60, "/shop", closed=True), awaited)
    assert alone.watermark is None
    assert alone.hear(beat(20, "/app"), awaited).watermark == minute(20)


def test_a_closed_source_holds_nobody_back() -> None:
    assert after(beat(20, "/app", closed=True), beat(60, "/shop")).watermark == minute(60)


def test_a_source_that_closes_vouches_for_its_last_moment_less_the_lateness_that_it_says_then() -> None:
    assert after(beat(60, late=10), beat(61, closed=True)).watermark == minute(61)
    assert after(beat(60, late=10), beat(61, late=10, closed=True)).watermark == minute(51)


def test_when_every_source_has_closed_the_latest_word_counts() -> None:
    clock = after(beat(60, "/shop", closed=True), beat(20, "/app"), beat(30, "/app", closed=True))
    assert clock.watermark == minute(60)
    assert clock.closed


def test_a_clock_that_nobody_vouched_for_is_not_closed() -> None:
    assert not Clock().closed
    assert not Clock({}, minute(60)).closed


def test_one_live_source_keeps_the_clock_open() -> None:
    assert not after(beat(60, "/shop", closed=True), beat(20, "/app")).closed


def test_a_closed_source_that_speaks_of_a_later_time_is_live_again() -> None:
    assert not after(beat(60, closed=True), beat(61)).closed


def test_an_old_heartbeat_heard_again_does_not_reopen_a_closed_source() -> None:
    clock = after(beat(50), beat(60, closed=True), beat(50))
    assert clock.closed


def test_an_old_heartbeat_heard_again_does_not_bring_back_its_lateness() -> None:
    assert after(beat(10, late=0), beat(20, late=5), beat(10, late=0)).watermark == minute(15)


def test_of_two_words_about_one_moment_the_stronger_counts() -> None:
    assert after(beat(20, late=5), beat(20, late=0)) == after(beat(20, late=0), beat(20, late=5))


def test_an_event_from_the_future_moves_no_clock() -> None:
    decision = BatchDecision(
        reminder_stage(), Snapshot({}, {0: after(beat(1))}, set(), ()), NOON, lambda cause, _: cause
    )
    for each in heard(requested("w1", "short", at=10**8)):
        decision.hear(each, decision.stage.react(each.event))
    assert not decision.changes.clocks


beat_of_any_source = st.builds(
    beat,
    st.integers(0, 100),
    source=st.sampled_from(["/shop", "/app", "/till"]),
    late=st.integers(0, 30),
    closed=st.booleans(),
)
beats = st.lists(beat_of_any_source, max_size=30)


def never_goes_back(spoken: Sequence[Event]) -> None:
    """Whatever is heard, the clock stands or goes on."""
    clock = Clock()
    for each in spoken:
        later = clock.hear(each)
        assert later.watermark is not None
        assert clock.watermark is None or later.watermark >= clock.watermark
        clock = later


@given(beats)
def test_no_heartbeat_turns_a_clock_back(spoken: Sequence[Event]) -> None:
    never_goes_back(spoken)


@given(beats)
def test_no_clock_is_ahead_of_what_any_source_ever_vouched_for(spoken: Sequence[Event]) -> None:
    reached = after(*spoken).watermark
    assert reached is None or reached <= max(each.time for each in spoken)


in_order = st.lists(beat_of_any_source, max_size=30, unique_by=attrgetter("source", "time")).map(
    lambda spoken: sorted(spoken, key=attrgetter("time"))
)


@given(in_order)
def test_a_clock_is_the_furthest_that_its_live_sources_ever_vouched_for_together(spoken: list[Event]) -> None:
    together = [vouched_together(spoken[:n]) for n in range(1, len(spoken) + 1)]
    assert after(*spoken).watermark == max(together, default=None)


def vouched(heartbeat: Event) -> datetime:
    assert isinstance(heartbeat.data, SourceHeartbeat)
    return heartbeat.time - timedelta(seconds=heartbeat.data.allowed_lateness_seconds)


def vouched_together(spoken: Sequence[Event]) -> datetime:
    last = {each.source: (each, each.data) for each in spoken}.values()
    live = [
        vouched(heartbeat)
        for heartbeat, data in last
        if isinstance(data, SourceHeartbeat) and not data.closed
    ]
    return min(live) if live else max(vouched(heartbeat) for heartbeat, _ in last)


@given(beats, st.data())
def test_heartbeats_heard_again_later_change_nothing(spoken: Sequence[Event], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(spoken), max_size=5)) if spoken else []
    assert after(*spoken, *again) == after(*spoken)
