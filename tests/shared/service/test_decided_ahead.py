"""A batch may be decided while the one before it is written: what comes of it is the same, whatever fails."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.core.batch import Batch, Heard
from shared.core.quarantine import Quarantine
from shared.core.store import Changes
from shared.core.stream import StreamName
from shared.service.stream_cache import StreamCache
from shared.service.transactor import Transactor
from shared.storage.memory import MemoryStore
from tests.shared.core.reminders import DECIDED, NOON, beat, heard, reminder, reminder_stage, requested
from tests.shared.core.test_quarantine import fire
from tests.shared.core.test_split import after, cut, held, streams


class Slow(MemoryStore):
    """A commit takes some turns of the loop; some are lost on the way, of some the reply is."""

    def __init__(self, lost: Collection[int] = (), replies_lost: Collection[int] = ()) -> None:
        super().__init__()
        self.lost, self.replies_lost, self.commits = lost, replies_lost, 0

    async def commit(self, changes: Changes) -> None:
        self.commits += 1
        number = self.commits
        await turns(5)
        if number in self.lost:
            raise ConnectionError
        await super().commit(changes)
        await turns(5)
        if number in self.replies_lost:
            raise ConnectionError


async def turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def take(transactor: Transactor, batches: Sequence[Batch]) -> list[bool]:
    """One after the other as the consumer does it, and again after a failure; which were decided ahead."""
    ahead = []
    writing: asyncio.Future[Any] | None = None
    for batch in batches:
        if writing is not None:
            await turns(1)  # while its records are read, the writing has begun
            await prepare(transactor, batch)
            await writing
        ahead.append(transactor.is_prepared(batch))
        writing = asyncio.ensure_future(until_written(transactor, batch))
    if writing is not None:
        await writing
    return ahead


async def prepare(transactor: Transactor, batch: Batch) -> None:
    await transactor.prepare(batch, NOON, lambda cause, _: cause)


async def until_written(transactor: Transactor, batch: Batch) -> None:
    while True:
        try:
            await transactor.transact(batch, NOON, lambda cause, _: cause)
            return
        except ConnectionError:
            transactor.forget()


async def pipelined(batches: Sequence[Sequence[Heard]], most: int, store: Slow, budget: int) -> Any:
    transactor = Transactor(reminder_stage(), DECIDED, store, most)
    transactor.snapshots.streams = StreamCache(budget)
    await take(transactor, [Batch(batch) for batch in batches])
    return await held(store)


numbers = st.sets(st.integers(1, 20), max_size=6)


@given(streams, st.lists(st.integers(0, 40)), numbers, numbers, st.sampled_from([0, 600, 10**6]))
@settings(deadline=None, max_examples=300)
def test_batches_decided_ahead_leave_what_batches_one_by_one_do(
    stream: list[Heard], cuts: list[int], lost: set[int], replies_lost: set[int], budget: int
) -> None:
    batches = cut(stream, cuts)
    assert asyncio.run(pipelined(batches, 1_000, Slow(lost, replies_lost), budget)) == after(batches)


async def test_a_batch_is_decided_while_the_one_before_it_is_written_also_when_time_passes_in_it() -> None:
    batches = [Batch(heard(requested(f"w{number}", "short"), beat(number * 4))) for number in range(4)]
    transactor = Transactor(reminder_stage(), DECIDED, Slow())
    assert await take(transactor, batches) == [False, True, True, True]


async def test_an_event_that_is_being_written_is_known_to_the_batch_behind_it() -> None:
    store = Slow()
    transactor = Transactor(reminder_stage(), DECIDED, store)
    await take(transactor, [Batch(heard(requested("w1", "short"))), Batch(heard(requested("w1", "short")))])
    assert [fact.version for fact in store.log] == [1]


async def test_what_was_decided_on_a_batch_that_failed_is_decided_again() -> None:
    store = Slow(lost=[2])
    transactor = Transactor(reminder_stage(), DECIDED, store)
    batches = [Batch(heard(requested(f"w{number}", "short"))) for number in range(3)]
    await until_written(transactor, batches[0])
    writing = asyncio.ensure_future(transactor.transact(batches[1], NOON, lambda cause, _: cause))
    await turns(1)
    await prepare(transactor, batches[2])
    (failure,) = await asyncio.gather(writing, return_exceptions=True)
    assert isinstance(failure, ConnectionError)
    assert not transactor.is_prepared(batches[2])
    await until_written(transactor, batches[2])
    await until_written(transactor, batches[1])
    assert [(fact.version, fact.cause is None) for fact in store.log] == [(1, False), (2, False), (3, False)]


class Stalled(Slow):
    """What is read of quarantined streams comes late, as it was when it was asked for."""

    async def quarantined(self, partitions: Sequence[int]) -> Mapping[StreamName, str]:
        found = await super().quarantined(partitions)
        await turns(20 if len(partitions) > 1 else 0)
        return found


async def test_what_is_set_aside_by_a_batch_in_flight_is_known_after_it() -> None:
    store = Stalled()
    await store.commit(Changes(quarantined=[Quarantine(reminder("there"), 1, None, 0, "by hand: x", NOON)]))
    transactor = Transactor(reminder_stage(fire), DECIDED, store)
    first = heard(requested("w0", "here", minutes=13), requested("w1", "other"), beat(60))
    second = heard(requested("w2", "there"), partition=1)
    third = heard(requested("w3", "here"), offset=3)
    await take(transactor, [Batch(each) for each in (first, second, third)])
    assert [letter.offset for letter in store.dead_letters] == [0, 3]
