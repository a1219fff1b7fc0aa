"""What a transactor remembers: a stream that was read is not read again, also when it answered nothing."""

from collections.abc import Sequence
from dataclasses import replace

from shared.core.batch import Batch
from shared.core.decider import Decider
from shared.core.stream import StreamName
from shared.service.transactor import Transactor
from shared.storage.memory import MemoryStore
from tests.shared.core.reminders import DECIDED, NOON, evolve, heard, reminder, reminder_stage, requested


class CountsReads(MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self.read: list[StreamName] = []

    async def bodies(self, streams: Sequence[StreamName]) -> dict[StreamName, list[bytes]]:
        self.read += streams
        return {name: list(found) for name, found in (await super().bodies(streams)).items()}


async def touch(transactor: Transactor, *numbers: int) -> None:
    for number in numbers:
        batch = Batch(heard(requested(f"w{number}", "short")))
        await transactor.transact(batch, NOON, lambda cause, _: cause)


async def test_a_stream_that_answers_nothing_is_read_once_however_often_it_is_touched() -> None:
    store = CountsReads()
    await touch(Transactor(reminder_stage(), DECIDED, store), 0)
    silent = replace(
        reminder_stage(), deciders={"reminder": Decider("reminder", None, lambda *_: (), evolve)}
    )
    store.read.clear()
    await touch(Transactor(silent, DECIDED, store), 1, 2, 3)
    assert store.read == [reminder("short")]


async def test_a_stream_forgotten_is_read_again() -> None:
    store = CountsReads()
    transactor = Transactor(reminder_stage(), DECIDED, store)
    await touch(transactor, 0, 1)
    transactor.forget()
    await touch(transactor, 2)
    assert store.read == [reminder("short"), reminder("short")]
    assert [fact.version for fact in store.log] == [1, 2, 3]
