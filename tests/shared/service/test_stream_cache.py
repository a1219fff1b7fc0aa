"""What is remembered of streams: the ones touched last, by bytes, never more than the budget."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.acquisition import Points
from shared.core.stream import Stream, StreamName
from shared.service.stream_cache import OVERHEAD, StreamCache, size


@dataclass(frozen=True, slots=True)
class Sample:
    points: tuple[Points, ...]


def name(id: object) -> StreamName:
    return StreamName("reminder", str(id))


def test_a_stream_that_was_touched_outlives_one_that_was_only_remembered_later() -> None:
    cache = StreamCache(budget=2 * (OVERHEAD + size("x")))
    cache.remember({name(1): Stream(1, "x"), name(2): Stream(1, "x")})
    assert cache.known([name(1)]) == {name(1): Stream(1, "x")}
    cache.remember({name(3): Stream(1, "x")})
    assert cache.known([name(n) for n in (1, 2, 3)]).keys() == {name(1), name(3)}


def test_a_large_state_takes_the_room_of_many_small_ones() -> None:
    cache = StreamCache(budget=100_000)
    cache.remember({name(n): Stream(1, "x") for n in range(100)})
    cache.remember({name("large"): Stream(1, "x" * 90_000)})
    assert name("large") in cache
    assert len(cache) < 25


def test_a_state_that_grows_fact_by_fact_is_measured_again_as_it_doubles() -> None:
    cache = StreamCache()
    for version in range(1, 2_049):
        cache.remember({name(1): Stream(version, ("x" * 100,) * version)})
    assert cache.bytes >= size(("x" * 100,) * 1_024)


def test_a_state_larger_than_the_whole_budget_is_not_kept() -> None:
    cache = StreamCache(budget=10_000)
    cache.remember({name(1): Stream(1, "x" * 20_000)})
    assert (len(cache), cache.bytes) == (0, 0)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 40), st.integers(0, 3_000)), max_size=60))
def test_the_bytes_are_those_of_the_entries_and_within_the_budget(
    touches: list[tuple[int, int, int]],
) -> None:
    cache = StreamCache(budget=20_000)
    for who, version, length in touches:
        cache.remember({name(who): Stream(version, "x" * length)})
        assert cache.bytes == sum(entry.bytes for entry in cache._entries.values()) <= cache.budget
    cache.clear()
    assert (len(cache), cache.bytes) == (0, 0)


@pytest.mark.parametrize(
    "state", [("x" * 500,), {"a": "x" * 500}, Sample((Points(reason="x" * 100, points=1),) * 5), [b"x" * 500]]
)
def test_what_a_state_holds_is_counted_wherever_it_lies(state: object) -> None:
    assert size(state) > 500
