"""However a log is ordered, and however often it tells a thing, the same history is made of it."""

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.insight.backtest.log.gathering import Gathering
from services.insight.backtest.log.history import History
from services.insight.risk.walk import order
from shared.contracts.event import Event
from tests.insight.backtest.made import bought, history, worlds


def told(made: History) -> list[tuple[str, object, object]]:
    rows = np.arange(len(made.times))
    return [(each.subject, each.time, each.data.type) for each in made.events(rows, made.whose)]


@given(worlds, st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_a_shuffled_log_with_doubles_makes_the_same_history(world: list[Event], seed: int) -> None:
    messy = [*world, *world[::3]]
    random.Random(seed).shuffle(messy)
    one, other = history(world), history(messy)
    assert one.customers == other.customers
    for name in ("starts", "times", "kinds", "numbers"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
    assert told(one) == told(other)
    expected = sorted(world, key=lambda event: (event.subject, *order(event)))
    assert told(one) == [(each.subject, each.time, each.data.type) for each in expected]


def test_events_of_one_moment_count_in_the_order_of_their_names() -> None:
    three = [event._replace(id=f"e{number}") for number, event in enumerate(bought("c", 1, 1, 1))]
    amounts = [each._replace(data=each.data.model_copy(update={"amount": n})) for n, each in enumerate(three)]
    assert list(history(reversed(amounts)).numbers) == [0, 1, 2]


def test_rows_of_a_file_without_names_all_count() -> None:
    gathering = Gathering()
    for event in bought("c", 1, 1, 2):
        gathering.bought("c", event.time, 5, "EUR")
    assert len(gathering.history().times) == 3
    assert gathering.doubles == 0


@given(worlds, st.integers(1, 30))
@settings(max_examples=50, deadline=None)
def test_parts_are_the_whole(world: list[Event], rows: int) -> None:
    whole = history(world)
    parts = list(whole.parts(rows))
    assert [name for part in parts for name in part.customers] == list(whole.customers)
    assert [row for part in parts for row in told(part)] == told(whole)
    assert all(len(part.times) <= rows or len(part.customers) == 1 for part in parts)
