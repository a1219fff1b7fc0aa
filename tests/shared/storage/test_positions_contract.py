"""Where partitions stand, and which process has which name: the same in memory and on PostgreSQL."""

from uuid import uuid4

import pytest

from shared.core.store import Changes, Fenced, Position, Store
from tests.shared.storage.changes import OTHER, PLACE


async def test_a_partition_begins_where_it_is_opened_and_moves_with_its_batches(store: Store) -> None:
    await store.open_positions({PLACE: Position(0), OTHER: Position(3, "cluster", "topic")})
    await store.commit(Changes(positions={PLACE: (0, 7)}))
    await store.commit(Changes(positions={PLACE: (7, 9), OTHER: (3, 4)}))
    known = {PLACE: Position(9), OTHER: Position(4, "cluster", "topic")}
    assert await store.positions([PLACE, OTHER, ("requests", 2)]) == known


async def test_a_position_learns_its_log_once_and_keeps_its_offset(store: Store) -> None:
    await store.open_positions({PLACE: Position(5)})
    await store.open_positions({PLACE: Position(0, "cluster", "topic")})
    await store.open_positions({PLACE: Position(1, "other cluster", "other topic")})
    assert await store.positions([PLACE]) == {PLACE: Position(5, "cluster", "topic")}


async def test_an_instance_is_the_last_process_that_said_so(store: Store) -> None:
    first, second = uuid4(), uuid4()
    assert await store.registered("blue") is None
    await store.register("blue", first)
    await store.register("green", first)
    await store.register("blue", second)
    assert (await store.registered("blue"), await store.registered("green")) == (second, first)


async def test_nobody_moves_a_partition_that_was_never_opened(store: Store) -> None:
    with pytest.raises(Fenced):
        await store.commit(Changes(positions={PLACE: (0, 7)}))
