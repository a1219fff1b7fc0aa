"""What an operator sets aside stands still, what he releases goes on, and the process that runs notices."""

from shared.core.batch import Batch
from shared.core.quarantine import Quarantine
from shared.core.store import Changes
from shared.service.transactor import Transactor
from shared.storage.memory import MemoryStore
from tests.shared.core.reminders import (
    DECIDED,
    NOON,
    beat,
    heard,
    minute,
    reminder,
    reminder_stage,
    requested,
)
from tests.shared.core.test_quarantine import fire, requests, streams_sent


async def test_a_stream_that_was_released_is_noticed_by_the_process_that_set_it_aside() -> None:
    store = MemoryStore()
    transactor = Transactor(reminder_stage(fire), DECIDED, store)
    await transactor.transact(Batch(heard(*requests(9, bad=1), beat(60))), NOON, lambda cause, _: cause)
    store.release(reminder("e0"))
    again = heard(requested("again", "e0", at=61), offset=20)
    await transactor.transact(Batch(again), NOON, lambda cause, _: cause)
    assert not store.dead_letters


async def test_a_stream_that_was_set_aside_by_hand_does_not_fire_and_keeps_its_timer() -> None:
    store = MemoryStore()
    transactor = Transactor(reminder_stage(fire), DECIDED, store)
    await transactor.transact(Batch(heard(*requests(3, bad=0))), NOON, lambda cause, _: cause)
    await store.commit(
        Changes(quarantined=[Quarantine(reminder("e0"), 0, None, 1, "by hand: it nags", NOON)])
    )
    await store.commit(Changes(timers={reminder("e0"): (0, minute(15))}))  # by a batch that had begun before
    await transactor.reread_quarantine([0])
    await transactor.transact(Batch(heard(beat(60), offset=3)), NOON, lambda cause, _: cause)
    assert streams_sent(store) == {"reminder-e1", "reminder-e2"}
    assert not await store.timers({0: minute(10**6)}, 10)
    store.release(reminder("e0"))
    await transactor.reread_quarantine([0])
    [timer] = await store.timers({0: minute(99)}, 9)
    assert (timer.at, timer.stream) == (minute(15), reminder("e0"))
