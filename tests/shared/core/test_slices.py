"""However many timers fire in one transaction, and wherever it dies between two, the log is the same."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.core.batch import Batch, Heard
from shared.core.store import Changes, Position
from shared.service.transactor import Transactor
from shared.storage.memory import MemoryStore
from tests.shared.core.reminders import DECIDED, NOON, beat, heard, minute, reminder_stage, requested
from tests.shared.core.test_split import after, cut, facts_of, held, streams


class Mortal(MemoryStore):
    """Dies after so many commits, again and again; remembers how many timers each transaction fired."""

    def __init__(self, lives: int) -> None:
        super().__init__()
        self.lives = self.left = lives
        self.fired: list[int] = []

    async def commit(self, changes: Changes) -> None:
        if self.left == 0:
            self.left = self.lives
            raise ConnectionResetError("killed")
        self.left -= 1
        self.fired.append(changes.fired)
        await super().commit(changes)


async def outliving(store: Mortal, batches: Sequence[Batch], most: int) -> Any:
    """All that it holds after the batches, each delivered until it was taken, by a new process every time."""
    for batch in batches:
        while True:
            try:
                await Transactor(reminder_stage(), DECIDED, store, most).transact(
                    batch, NOON, lambda cause, _: cause
                )
                break
            except ConnectionResetError:
                pass
    return await held(store)


@given(streams, st.lists(st.integers(0, 40)), st.integers(1, 7))
@settings(deadline=None)
def test_any_number_of_timers_a_transaction_gives_the_same(
    stream: list[Heard], cuts: list[int], most: int
) -> None:
    assert after(cut(stream, cuts), most=most) == after([stream])


@given(streams, st.lists(st.integers(0, 40)), st.integers(1, 7), st.integers(1, 4))
@settings(deadline=None)
def test_who_dies_between_two_slices_is_taken_up_where_he_stood(
    stream: list[Heard], cuts: list[int], most: int, lives: int
) -> None:
    store = Mortal(lives)
    found = asyncio.run(outliving(store, [Batch(part) for part in cut(stream, cuts)], most))
    assert facts_of(found) == facts_of(after([stream]))
    assert max(store.fired, default=0) <= most


async def test_a_burst_fires_in_bounded_transactions_and_moves_its_position_with_the_last() -> None:
    store = Mortal(1_000)
    await store.open_positions({("requests", 0): Position(0)})
    burst = heard(*(requested(f"w{n}", f"e{n}", minutes=1 + n // 10) for n in range(95)), beat(60))
    taking = Batch(burst, (), {("requests", 0): (0, len(burst))})
    await Transactor(reminder_stage(), DECIDED, store, 20).transact(taking, NOON, lambda cause, _: cause)
    assert store.fired == [20, 20, 20, 20, 15]
    assert await store.positions([("requests", 0)]) == {("requests", 0): Position(len(burst))}


async def test_on_its_way_the_clock_vouches_for_what_was_fired_and_no_more() -> None:
    store = Mortal(1)
    burst = Batch(heard(*(requested(f"w{n}", f"e{n}", minutes=1 + n // 10) for n in range(95)), beat(60)))
    with pytest.raises(ConnectionResetError):
        await Transactor(reminder_stage(), DECIDED, store, 25).transact(burst, NOON, lambda cause, _: cause)
    clock = (await store.clocks([0]))[0]
    assert minute(2) < (clock.watermark or NOON) < minute(3)
    assert not clock.sources
    assert b"12:02:59.999999Z" in store.heartbeats[0]
    assert len(await store.timers({0: minute(60)}, 1_000)) == 70
