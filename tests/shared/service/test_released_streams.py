"""Streams that were released and whose rules fail still are set aside as they were, and hold nobody."""

import pytest

from shared.core.batch import Batch, Heard
from shared.core.quarantine import Quarantine, StreamsFail
from shared.core.store import Changes, StoredFact
from shared.service.transactor import Transactor
from shared.storage.memory import MemoryStore
from tests.shared.core import reminders
from tests.shared.core.reminders import DECIDED, NOON, beat, heard, reminder, requested
from tests.shared.core.test_quarantine import BROKEN, fire, requests


async def test_released_streams_whose_rules_fail_still_are_set_aside_again_however_many_they_are() -> None:
    store = MemoryStore()
    transactor = Transactor(reminders.reminder_stage(fire), DECIDED, store)

    async def transact(*said: Heard) -> None:
        await transactor.transact(Batch(said), NOON, lambda cause, _: cause)

    await transact(*heard(*requests(30, bad=30)))
    aside = [Quarantine(reminder(f"e{n}"), 0, None, 1, "ZeroDivisionError: by hand", NOON) for n in range(30)]
    await store.commit(Changes(quarantined=aside))
    await transactor.reread_quarantine([0])
    for each in aside:
        store.release(each.stream)
    await transactor.reread_quarantine([0])
    assert not await store.quarantined([0])
    others = [requested(f"o{n}", f"o{n}", minutes=13) for n in range(4)]
    await transact(*heard(beat(60)))
    assert len(await store.quarantined([0])) == 30
    with pytest.raises(StreamsFail, match="4 of the last 4 streams"):
        await transact(*heard(*others, beat(61)))


async def test_so_are_those_whose_facts_cannot_be_folded_still() -> None:
    store = MemoryStore()
    names = [f"e{n}" for n in range(30)]
    facts = [
        StoredFact(f"reminder-{e}", 1, e, "reminder.set", 0, e, NOON, NOON, None, None, BROKEN) for e in names
    ]
    aside = [Quarantine(reminder(e), 0, None, 1, "ValidationError: before", NOON) for e in names]
    await store.commit(Changes(facts=facts, quarantined=aside))
    transactor = Transactor(reminders.reminder_stage(fire), DECIDED, store)
    for each in aside:
        store.release(each.stream)
    await transactor.reread_quarantine([0])
    batch = Batch(heard(*(requested(f"w-{e}", e) for e in names)))
    await transactor.transact(batch, NOON, lambda cause, _: cause)
    assert len(batch.refused) == len(await store.quarantined([0])) == 30
