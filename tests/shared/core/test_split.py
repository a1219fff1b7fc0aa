"""However a stream of records is cut into batches, and whatever is delivered again, the log is the same."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.event import Event
from shared.contracts.signals import SourceHeartbeat
from shared.core.batch import Batch, Heard
from shared.service.transactor import Transactor
from shared.storage.memory import MemoryStore
from tests.shared.core.reminders import DECIDED, NOON, beat, heard, minute, reminder_stage, requested

Place = tuple[str, int, Event]
PLACES = {"short": 0, "long": 0, "green": 1}
LEASES = {"/shop": 5, "/app": 20, "/till": 0}
FAR = {0: minute(10**6), 1: minute(10**6)}

requests = st.builds(
    lambda reminder, at, minutes, times: (
        "requests",
        PLACES[reminder],
        requested("", reminder, at, minutes, times),
    ),
    st.sampled_from(sorted(PLACES)),
    at=st.integers(0, 30),
    minutes=st.integers(1, 10),
    times=st.integers(0, 3),
)
beats = st.builds(
    lambda topic, partition, at, source, late, closed: (
        topic,
        partition,
        beat(at, source, late, closed, lease=LEASES[source]),
    ),
    st.sampled_from(["requests", "requests", "notes"]),
    st.integers(0, 1),
    at=st.integers(0, 60),
    source=st.sampled_from(sorted(LEASES)),
    late=st.integers(0, 5),
    closed=st.booleans(),
)


def numbered(places: Sequence[Place]) -> list[Heard]:
    """As they lie on their partitions; every event its own id."""
    return [
        Heard(topic, partition, offset, named(event, offset))
        for offset, (topic, partition, event) in enumerate(places)
    ]


def named(event: Event, number: int) -> Event:
    return Event(f"e{number}", event.source, event.subject, event.time, event.data)


streams = st.lists(st.one_of(requests, beats), max_size=40).map(numbered)


def after(batches: Sequence[Sequence[Heard]], *, forgetful: bool = False, most: int = 1_000) -> Any:
    """All that a store holds in the end, apart from the moments of recording."""
    return asyncio.run(_after(batches, forgetful, most))


async def _after(batches: Sequence[Sequence[Heard]], forgetful: bool, most: int) -> Any:
    store = MemoryStore()
    transactor = Transactor(reminder_stage(), DECIDED, store, most)
    for n, batch in enumerate(batches):
        await transactor.transact(Batch(batch), NOON + timedelta(hours=n), lambda cause, _: cause)
        if forgetful:
            transactor.forget()
    return await held(store)


async def held(store: MemoryStore) -> Any:
    """Log, timers, clocks and heartbeats."""
    log = [{**orjson.loads(fact.body), "recordedtime": ""} for fact in store.log]
    return log, await store.timers(FAR, 1_000), await store.clocks([0, 1]), store.heartbeats


def cut(stream: Sequence[Heard], cuts: Sequence[int]) -> list[Sequence[Heard]]:
    ends = sorted({min(each, len(stream)) for each in cuts} | {len(stream)})
    return [stream[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@given(streams, st.lists(st.integers(0, 40)), st.booleans())
@settings(deadline=None)
def test_any_cut_into_batches_gives_the_same_log(
    stream: list[Heard], cuts: list[int], forgetful: bool
) -> None:
    assert after(cut(stream, cuts), forgetful=forgetful) == after([stream])


@given(streams, st.lists(st.integers(0, 60)), st.data())
@settings(deadline=None)
def test_whatever_is_delivered_again_later_gives_the_same_log(
    stream: list[Heard], cuts: list[int], data: st.DataObject
) -> None:
    repeated = list(stream)
    for _ in range(data.draw(st.integers(0, 10)) if stream else 0):
        again = data.draw(st.integers(0, len(repeated) - 1))
        repeated.insert(data.draw(st.integers(again + 1, len(repeated))), repeated[again])
    assert facts_of(after(cut(repeated, cuts))) == facts_of(after([stream]))


def facts_of(everything: Any) -> Any:
    log, timers, clocks, _ = everything
    return log, timers, {partition: clock.watermark for partition, clock in clocks.items()}


@given(streams)
def test_the_versions_of_every_stream_are_contiguous(stream: list[Heard]) -> None:
    log, *_ = after([stream])
    for reminder in PLACES:
        versions = [fact["streamversion"] for fact in log if fact["subject"] == reminder]
        assert versions == list(range(1, len(versions) + 1))


def test_the_law_is_not_about_nothing() -> None:
    log, *_ = after([heard(requested("w1", "short", times=2), beat(20))])
    assert [fact["type"] for fact in log] == ["reminder.set", "reminder.sent", "reminder.sent"]
    assert isinstance(heard(beat(1))[0].event.data, SourceHeartbeat)
