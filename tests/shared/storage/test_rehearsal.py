"""A rehearsal says that a batch could be written, and writes nothing of it."""

import pytest

from shared.core.store import REHEARSAL, Position, Rehearsed, Store
from shared.storage.memory import MemoryStore
from tests.shared.storage.changes import PLACE, everything, holds


async def test_a_rehearsal_ends_where_it_would_have_been_committed(store: Store) -> None:
    await store.open_positions({PLACE: Position(0)})
    rehearsal = REHEARSAL.set(True)
    with pytest.raises(Rehearsed):
        await store.commit(everything(replace_positions={PLACE: (0, 5)}))
    REHEARSAL.reset(rehearsal)
    assert await holds(store) == await holds(MemoryStore())
    assert await store.positions([PLACE]) == {PLACE: Position(0)}
    await store.commit(everything(replace_positions={PLACE: (0, 5)}))
    assert await store.positions([PLACE]) == {PLACE: Position(5)}
