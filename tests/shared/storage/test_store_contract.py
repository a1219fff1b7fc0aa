"""One contract, two adapters: what holds in memory holds on PostgreSQL."""

import pytest

from shared.contracts.event import event_identity, event_key
from shared.core.store import Changes, Conflict, Fenced, Position, Store, Timer
from shared.core.watermark import Clock
from shared.storage.memory import MemoryStore
from tests.shared.core.reminders import beat, minute, reminder
from tests.shared.storage.changes import KEY, OTHER, PLACE, everything, fact, holds


async def test_facts_come_back_by_stream_in_the_order_of_versions(store: Store) -> None:
    await store.commit(
        Changes(
            facts=[fact("reminder-b", 1, b"b1"), fact("reminder-a", 1, b"a1"), fact("reminder-a", 2, b"a2")]
        )
    )
    await store.commit(
        Changes(facts=[fact("reminder-a", version, b"a%d" % version) for version in range(3, 12)])
    )
    bodies = await store.bodies([reminder("a"), reminder("b"), reminder("none")])
    assert list(bodies[reminder("b")]) == [b"b1"]
    assert list(bodies[reminder("a")]) == [b"a%d" % version for version in range(1, 12)]
    assert reminder("none") not in bodies


async def test_a_version_that_is_there_already_is_a_conflict(store: Store) -> None:
    await store.commit(Changes(facts=[fact("reminder-a", 1)]))
    with pytest.raises(Conflict):
        await store.commit(Changes(facts=[fact("reminder-b", 1), fact("reminder-a", 1)]))
    assert not await store.bodies([reminder("b")])


async def test_a_batch_that_gives_one_version_twice_is_a_conflict(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.commit(Changes(facts=[fact("reminder-a", 1), fact("reminder-a", 1)]))


async def test_a_batch_that_takes_one_event_twice_is_a_conflict(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.commit(Changes(inbox=[KEY, KEY]))


async def test_an_event_taken_before_is_seen_and_to_take_it_again_is_a_conflict(store: Store) -> None:
    taken, other = b"taken", b"other"
    await store.commit(Changes(inbox=[taken]))
    assert await store.seen([taken, other]) == {taken}
    with pytest.raises(Conflict):
        await store.commit(Changes(inbox=[other, taken]))
    assert await store.seen([other]) == set()


async def test_a_key_that_was_kept_before_a_subject_counted_stands_for_any_subject(store: Store) -> None:
    anna, ben, another = (
        event_identity("/shop", *each) for each in (("1", "anna"), ("1", "ben"), ("2", "anna"))
    )
    assert await store.seen([anna, ben, another]) == set()
    await store.commit(Changes(inbox=[event_key("/shop", "1")]))
    assert await store.seen([anna, ben, another]) == {anna, ben}


async def test_who_begins_where_a_partition_no_longer_stands_is_fenced_and_writes_nothing(
    store: Store,
) -> None:
    await store.open_positions({PLACE: Position(0), OTHER: Position(0)})
    await store.commit(Changes(positions={PLACE: (0, 7)}))
    late = everything(replace_positions={PLACE: (0, 7), ("requests", 1): (0, 3)})
    with pytest.raises(Fenced):
        await store.commit(late)
    assert await holds(store) == await holds(MemoryStore())
    assert await store.positions([PLACE, OTHER]) == {PLACE: Position(7), OTHER: Position(0)}


@pytest.mark.parametrize("bad", ["conflict", "taken"])
async def test_a_batch_is_written_whole_or_not_at_all(store: Store, bad: str) -> None:
    key = b"twice"
    await store.commit(Changes(facts=[fact("reminder-x", 1)], inbox=[key]))
    await store.open_positions({PLACE: Position(0)})
    wrong = everything(replace_positions={PLACE: (0, 5)})
    if bad == "conflict":
        wrong.facts.append(fact("reminder-x", 1))
    else:
        wrong.inbox.append(key)
    with pytest.raises(Conflict):
        await store.commit(wrong)
    assert await holds(store) == await holds(MemoryStore())
    assert await store.positions([PLACE]) == {PLACE: Position(0)}


async def test_all_of_a_batch_is_there_once_it_is_written(store: Store) -> None:
    await store.open_positions({PLACE: Position(0)})
    await store.commit(everything(replace_positions={PLACE: (0, 5)}))
    assert await holds(store) == [
        {reminder("a"): [b"{}"]},
        {KEY},
        [Timer(minute(1), reminder("a"), 0)],
        {0: Clock().hear(beat(60))},
        [(1, "not JSON")],
    ]
