"""What is said of sources and clocks: who went silent, who is waited for, and the way out."""

from shared.service.clocks import PATIENCE, Holders, set_aside, silent, states
from tests.shared.core.reminders import beat, minute
from tests.shared.core.test_leases import said, steps
from tests.shared.core.test_watermark import after

GONE = after(said(0, "/till"), *steps("/shop", 0, 9))
WELL = after(said(0, "/till"), *steps("/shop", 0, 2), said(2, "/app", closed=True))


def test_a_source_that_expired_is_named_with_where_since_when_and_what_to_do() -> None:
    text = silent({0: GONE, 1: GONE, 2: WELL}) or ""
    assert "source /till is silent since 2026-01-01T12:00:00Z (partitions 0, 1)" in text
    assert "evergreen publish source.heartbeat --source /till closed=true" in text
    assert silent({2: WELL}) is None


def test_each_source_is_counted_once_in_its_worst_state() -> None:
    assert states({0: GONE, 1: WELL}) == {"live": 1, "expired": 1, "closed": 1}


def test_who_holds_a_clock_past_half_its_lease_is_named_when_that_lasts() -> None:
    held, holders = after(said(0, "/till"), *steps("/shop", 0, 4)), Holders()
    assert holders.held({3: held}, 100.0) is None
    named = holders.held({3: held}, 101.0 + PATIENCE)
    assert (
        named
        == "the clock waits for /till, which last spoke of 2026-01-01T12:00:00Z: see whether it still runs"
    )
    spoken = held.hear(said(1, "/till"))
    assert holders.held({3: spoken}, 102.0 + PATIENCE) is None


def test_a_stage_that_is_down_is_named_though_it_has_no_lease() -> None:
    clock = after(
        beat(0, "/evergreen/conversion"), beat(0, "/evergreen/insight"), beat(1, "/evergreen/insight")
    )
    holders = Holders()
    assert holders.held({0: clock}, 0.0) is None
    assert "/evergreen/conversion" in (holders.held({0: clock}, 1.0 + PATIENCE) or "")


def test_nothing_is_said_of_a_source_that_is_merely_slow_or_alone() -> None:
    alone, holders = after(said(0, "/till"), said(500, "/till")), Holders()
    for now in (0.0, 1.0 + PATIENCE):
        assert holders.held({0: alone, 1: WELL}, now) is None


def test_streams_that_were_set_aside_are_told_by_category_and_never_by_id() -> None:
    text = set_aside([("lead", 2, minute(5))]) or ""
    assert "2 of category lead since 2026-01-01T12:05:00Z" in text
    assert "evergreen quarantine list" in text
    assert set_aside([]) is None
