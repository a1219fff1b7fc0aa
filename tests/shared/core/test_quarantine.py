"""A stream whose own rules fail is set aside: the timers of all others fire, and no heartbeat is refused."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from shared.contracts.fact import Fact
from shared.core.batch import Batch, Heard, Stage
from shared.core.quarantine import MOST, Failures, StreamsFail
from shared.core.store import Changes, Conflict, StoredFact
from shared.core.stream import UnreadableStream
from shared.service.transactor import Transactor
from shared.storage.memory import MemoryStore
from tests.shared.core import reminders
from tests.shared.core.reminders import DECIDED, NOON, beat, heard, minute, reminder, requested


def fire(timer: reminders.Reminder | None, at: datetime) -> Sequence[Fact]:
    """Reminders of thirteen minutes break."""
    if timer and timer.minutes == 13:
        raise ZeroDivisionError("no channel left")
    return reminders.fire(timer, at)


async def take(store: MemoryStore, *said: Heard, stage: Stage | None = None, most: int = 2_000) -> Batch:
    batch = Batch(said)
    transactor = Transactor(stage or reminders.reminder_stage(fire), DECIDED, store, most)
    await transactor.transact(batch, NOON, lambda cause, _: cause)
    return batch


def streams_sent(store: MemoryStore) -> set[str]:
    return {fact.stream for fact in store.log if fact.type == "reminder.sent"}


def requests(count: int, bad: int) -> list[Any]:
    """So many requests; `bad` of them break."""
    return [requested(f"w{n}", f"e{n}", minutes=13 if n < bad else 14) for n in range(count)]


@pytest.mark.parametrize("most", [7, 2_000])
async def test_one_stream_that_cannot_fire_harms_none_of_a_busy_partition(most: int) -> None:
    store = MemoryStore()
    await take(store, *heard(*requests(997, bad=1), beat(60)), most=most)
    assert len(streams_sent(store)) == 996
    assert await store.quarantined([0]) == {reminder("e0"): "ZeroDivisionError: no channel left"}
    assert (await store.clocks([0]))[0].watermark == minute(60)
    assert not store.dead_letters
    assert not await store.timers({0: minute(10**6)}, 10)


async def test_in_a_quiet_house_as_well_time_goes_on() -> None:
    store = MemoryStore()
    await take(store, *heard(requested("w0", "bad", minutes=13)))
    for number in range(14, 200):
        await take(store, *heard(beat(number)))
    assert (await store.clocks([0]))[0].watermark == minute(199)
    assert list(await store.quarantined([0])) == [reminder("bad")]


async def test_an_event_for_such_a_stream_waits_as_a_dead_letter_and_was_not_taken() -> None:
    store = MemoryStore()
    again = requested("again", "e0", at=61)
    batch = await take(store, *heard(*requests(30, bad=1), beat(60), again, requested("other", "e1", at=61)))
    [letter] = store.dead_letters
    assert letter.reason == "stream reminder-e0 is quarantined: ZeroDivisionError: no channel left"
    assert (letter.offset, letter.key, batch.refused) == (31, b"e0", [letter])
    assert await store.seen([again.identity]) == set()
    assert [fact.stream for fact in store.log if fact.happened == minute(61)] == ["reminder-e1"]


async def test_rules_that_fail_for_all_set_nobody_aside() -> None:
    store = MemoryStore()
    with pytest.raises(StreamsFail, match="run a release whose rules hold"):
        await take(store, *heard(*requests(100, bad=100), beat(60)))
    assert (store.log, await store.quarantined([0])) == ([], {})


async def test_a_stream_whose_facts_cannot_be_folded_is_set_aside_with_its_timer() -> None:
    store = MemoryStore()
    broken = StoredFact("reminder-bad", 1, "i", "reminder.set", 0, "bad", NOON, NOON, None, None, BROKEN)
    await store.commit(Changes(facts=[broken], timers={reminder("bad"): (0, minute(90))}))
    await take(store, *heard(requested("w1", "bad"), *requests(3, bad=0), beat(60)))
    assert [letter.offset for letter in store.dead_letters] == [0]
    assert len(streams_sent(store)) == 3
    assert not await store.timers({0: minute(90)}, 10)
    assert (await store.quarantined([0]))[reminder("bad")].startswith("ValidationError")


async def test_a_fact_of_a_newer_release_sets_nobody_aside() -> None:
    store = MemoryStore()
    newer = StoredFact(
        "reminder-bad", 1, "i", "reminder.peeled", 0, "bad", NOON, NOON, None, None, BROKEN_NEWER
    )
    await store.commit(Changes(facts=[newer]))
    with pytest.raises(UnreadableStream, match=r"reminder\.peeled"):
        await take(store, *heard(requested("w1", "bad")))
    assert not await store.quarantined([0])


def test_three_may_fail_at_the_start_and_one_in_ten_later() -> None:
    start = Failures().after([True] * 3, {})
    with pytest.raises(StreamsFail):
        start.after([True], {})
    start.after([False] * 50, {}).after([True, True], {})
    with pytest.raises(StreamsFail):
        start.after([False] * 20, {}).after([True] * 3, {})


def test_four_bad_ones_before_many_good_ones_of_the_same_moment_are_few() -> None:
    Failures().after([True] * 4 + [False] * 96, {})
    with pytest.raises(StreamsFail):
        Failures().after([True] * 4 + [False] * 26, {})


def test_a_slow_trickle_of_one_kind_is_bounded_and_names_who_fails_now() -> None:
    failures = Failures()
    for number in range(MOST):
        failures = failures.after([True] + [False] * 99, {reminder(f"e{number}"): f"KeyError: {number}"})
    failures = failures.after([True] + [False] * 99, {reminder("other"): "ValueError: of another kind"})
    with pytest.raises(StreamsFail, match="KeyError for 21 streams since the start") as caught:
        failures.after([True] + [False] * 99, {reminder("last"): "KeyError: last"})
    assert "evergreen quarantine add" in str(caught.value)
    assert caught.value.suspects == {reminder("last"): "KeyError: last"}
    failures.after([False], {})


async def test_rules_that_fail_for_one_in_a_hundred_do_not_set_all_of_them_aside_one_by_one() -> None:
    store = MemoryStore()
    transactor = Transactor(reminders.reminder_stage(fire), DECIDED, store)

    async def hundred(number: int) -> None:
        asked = [requested(f"w{number}-{n}", f"e{number}-{n}", minutes=14 - (not n)) for n in range(100)]
        batch = Batch(heard(*asked, beat(60 + number)))
        await transactor.transact(batch, NOON, lambda cause, _: cause)

    for number in range(MOST):
        await hundred(number)
    with pytest.raises(StreamsFail):
        await hundred(MOST)
    assert len(await store.quarantined([0])) == MOST


class ConflictsOnce(MemoryStore):
    """Says four times that somebody else was first."""

    tries = 0

    async def commit(self, changes: Changes) -> None:
        self.tries += 1
        if self.tries <= 4:
            raise Conflict("somebody else was first")
        await super().commit(changes)


async def test_one_unreadable_stream_is_one_however_often_its_batch_is_tried_again() -> None:
    store = ConflictsOnce()
    store.tries = 4
    await store.commit(
        Changes(
            facts=[StoredFact("reminder-e0", 1, "i", "reminder.set", 0, "e0", NOON, NOON, None, None, BROKEN)]
        )
    )
    store.tries = 0
    transactor = Transactor(reminders.reminder_stage(), DECIDED, store)
    for _ in range(4):
        with pytest.raises(Conflict):
            await transactor.transact(Batch(heard(requested("w", "e0"))), NOON, lambda cause, _: cause)
        transactor.forget()
    await transactor.transact(Batch(heard(requested("w", "e0"))), NOON, lambda cause, _: cause)
    assert list(await store.quarantined([0])) == [reminder("e0")]


BROKEN = b'{"type": "reminder.set", "data": {"due_at": "never", "minutes": 1, "times": 1}}'
BROKEN_NEWER = b'{"type": "reminder.peeled", "data": {}}'
