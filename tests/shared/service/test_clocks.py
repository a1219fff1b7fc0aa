"""What is said of sources and clocks: who went silent, who is waited for, and the way out."""

from collections.abc import Sequence

from shared.core.watermark import MOST_SOURCES, Clock
from shared.service.clocks import Holders, Unheard, Unvouched, crowded, set_aside, silent, states
from tests.shared.core.reminders import beat, minute
from tests.shared.core.test_leases import said, steps
from tests.shared.core.test_watermark import after

GONE = after(said(0, "/till"), *steps("/shop", 0, 9))
CLOSE_TILL = "evergreen publish source.heartbeat --source /till --time 2026-01-01T12:00:00Z closed=true"
WELL = after(said(0, "/till"), *steps("/shop", 0, 2), said(2, "/app", closed=True))


def test_a_source_that_expired_is_named_with_where_since_when_and_what_to_do() -> None:
    text = silent({0: GONE, 1: GONE, 2: WELL}) or ""
    assert "source /till is silent since 2026-01-01T12:00:00Z (partitions 0, 1)" in text
    assert CLOSE_TILL in text
    assert silent({2: WELL}) is None


def test_each_source_is_counted_once_in_its_worst_state() -> None:
    assert states({0: GONE, 1: WELL}) == {"live": 1, "expired": 1, "closed": 1}


def told(clocks: Sequence[tuple[float, Clock]]) -> str | None:
    """What is said of a clock in the end, when it stood so at each of these minutes of the wall clock."""
    holders, said_last = Holders(), None
    for now, clock in clocks:
        said_last = holders.held({3: clock}, minute(now))
    return said_last


def test_who_holds_a_clock_is_named_with_the_way_out_when_half_its_lease_is_over() -> None:
    held = after(said(0, "/till"), *steps("/shop", 0, 4))
    assert told([(0.5, held), (4, held)]) is None
    text = told([(0.5, held), (4.6, held)]) or ""
    assert "the clock waits for /till, which last spoke of 2026-01-01T12:00:00Z" in text
    assert CLOSE_TILL in text
    assert told([(0.5, held), (4.6, held), (4.7, held.hear(said(1, "/till")))]) is None


def test_a_source_of_long_ago_that_stands_still_while_others_are_past_it_is_named_by_the_wall_clock() -> None:
    """However seldom the others speak: a play that was killed, and a clock that ticks since."""
    years = 10**6
    held = after(beat(0, "/history", lease=2 * 1_440), beat(years, "/ticker", lease=10))
    assert told([(years, held), (years + 1, held)]) is None
    assert "/history" in (told([(years, held), (years + 2.1, held)]) or "")


def test_of_a_history_that_goes_on_nothing_is_said_however_fast_it_is() -> None:
    years, clock = 10**6, after(beat(0, "/history", lease=2 * 1_440), beat(10**6, "/ticker", lease=10))
    seen = [(years + n, clock := clock.hear(beat(n * 10_000, "/history", lease=2_880))) for n in range(1, 9)]
    assert told(seen) is None


def test_a_source_that_speaks_once_a_day_is_not_named_between_its_words() -> None:
    clock = after(
        beat(0, "/erp", lease=2 * 1_440), *(beat(at, "/ticker", lease=10) for at in range(0, 1_440, 5))
    )
    assert clock.holder == "/erp"
    assert told([(0, clock), (1_440, clock)]) is None


def test_a_stage_that_speaks_of_mornings_is_named_when_it_missed_one() -> None:
    clock = after(beat(0, "/evergreen/insight"), *(beat(at, "/evergreen/conversion") for at in range(1_500)))
    assert told([(0, clock), (1_440, clock)]) is None
    text = told([(0, clock), (1_443, clock)]) or ""
    assert "the clock waits for /evergreen/insight" in text
    assert "evergreen status" in text


def test_a_source_is_named_for_whose_word_a_clock_waits_though_all_others_closed_after_it() -> None:
    clock = after(said(0, "/till"), said(1, "/shop"), said(2, "/shop", closed=True))
    assert "/till" in (told([(0, clock), (9, clock)]) or "")


def test_a_source_that_is_alone_is_named_too_later_for_nobody_else_lets_its_lease_run_out() -> None:
    alone = after(said(0, "/till"), said(500, "/till"))
    late = 500 + 5 + 10
    assert told([(late - 9, alone), (late, alone)]) is None
    text = told([(late - 9, alone), (late + 2, alone)]) or ""
    assert "the clock waits for /till, which last spoke of" in text
    assert (
        told([(late - 9, alone), (late + 2, alone), (late + 3, alone.hear(said(late + 3, "/till")))]) is None
    )


def test_of_all_that_closed_none_is_waited_for() -> None:
    over = after(said(0, "/till"), said(1, "/till", closed=True))
    assert told([(2, over), (10**6, over)]) is None


def test_streams_that_were_set_aside_are_told_by_category_and_never_by_id() -> None:
    text = set_aside([("lead", 2, minute(5))]) or ""
    assert "2 of category lead since 2026-01-01T12:05:00Z" in text
    assert "evergreen quarantine list" in text
    assert set_aside([]) is None


def test_a_stage_that_is_awaited_and_never_spoke_is_named_where_another_has_spoken() -> None:
    awaits, spoken = frozenset({"/shop", "/app"}), after(*steps("/shop", 0, 4))
    unheard = Unheard()
    assert unheard.problem({0: spoken, 1: Clock()}, awaits, minute(0)) is None
    assert unheard.problem({0: spoken, 1: Clock()}, awaits, minute(2)) is None
    text = unheard.problem({0: spoken, 1: Clock()}, awaits, minute(2.1)) or ""
    assert "the clock waits for /app, which has never spoken: see whether it runs" in text
    assert "speaks when its first day is over" in text
    assert unheard.problem({0: spoken.hear(said(1, "/app"))}, awaits, minute(9)) is None
    assert Unheard().problem({0: Clock()}, awaits, minute(9)) is None


def test_partitions_on_which_nobody_speaks_are_named_while_some_speak_on_others() -> None:
    """Never, or no more since all closed there."""
    spoken, over = after(*steps("/shop", 0, 4)), after(said(0, "/shop"), said(1, "/shop", closed=True))
    unvouched = Unvouched()
    assert unvouched.problem({0: spoken, 1: Clock(), 2: over}, minute(0)) is None
    assert unvouched.problem({0: spoken, 1: Clock(), 2: over}, minute(10)) is None
    text = unvouched.problem({0: spoken, 1: Clock(), 2: over}, minute(11)) or ""
    assert "nobody vouches for the time of partitions 1, 2, as sources do on the others" in text
    assert unvouched.problem({0: over, 1: Clock(), 2: over}, minute(12)) is None
    assert unvouched.problem({0: spoken, 1: spoken, 2: spoken}, minute(30)) is None


def test_a_partition_that_knows_so_many_sources_that_no_other_joins_is_named() -> None:
    spoken = [beat(at, f"/word-{at}", lease=60) for at in range(MOST_SOURCES)]
    assert crowded({0: after(*spoken[1:])}) is None
    assert "partitions 3 know 500 sources" in (crowded({0: after(*spoken[1:]), 3: after(*spoken)}) or "")


def test_of_many_silent_sources_some_are_named() -> None:
    died = [said(0, "/shop"), *(beat(0, f"/word-{at:02}", lease=60) for at in range(30))]
    text = silent({0: after(*died, *steps("/shop", 1, 70))}) or ""
    assert "/word-09" in text
    assert "/word-10" not in text
    assert text.endswith("; 20 more sources are silent")
