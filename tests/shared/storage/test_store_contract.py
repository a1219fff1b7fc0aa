"""One contract, two adapters: what holds in memory holds on PostgreSQL."""

from typing import Any
from uuid import uuid4

import pytest

from shared.core.store import Changes, Conflict, DeadLetter, Fenced, Store, StoredFact, Timer, ends
from shared.core.watermark import Clock
from shared.storage.memory import MemoryStore
from tests.shared.core.kitchen import NOON, beat, egg, minute

PLACE = ("wishes", 0)
KEY = b"sixteen-byte-key"


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.system)])
def store(request: pytest.FixtureRequest) -> Any:
    return MemoryStore() if request.param == "memory" else request.getfixturevalue("postgres")


def fact(stream: str, version: int, body: bytes = b"{}") -> StoredFact:
    return StoredFact(stream, version, str(uuid4()), "egg.on", 0, "soft", NOON, NOON, None, None, body)


def letter(offset: int, reason: str = "not JSON") -> DeadLetter:
    return DeadLetter("wishes", 0, offset, b"\xff", None, [("h\0", b"\xff\x00"), ("h", None)], reason, NOON)


async def test_facts_come_back_by_stream_in_the_order_of_versions(store: Store) -> None:
    await store.commit(
        Changes(facts=[fact("egg-b", 1, b"b1"), fact("egg-a", 1, b"a1"), fact("egg-a", 2, b"a2")])
    )
    await store.commit(Changes(facts=[fact("egg-a", version, b"a%d" % version) for version in range(3, 12)]))
    bodies = await store.bodies([egg("a"), egg("b"), egg("none")])
    assert list(bodies[egg("b")]) == [b"b1"]
    assert list(bodies[egg("a")]) == [b"a%d" % version for version in range(1, 12)]
    assert egg("none") not in bodies


async def test_a_version_that_is_there_already_is_a_conflict(store: Store) -> None:
    await store.commit(Changes(facts=[fact("egg-a", 1)]))
    with pytest.raises(Conflict):
        await store.commit(Changes(facts=[fact("egg-b", 1), fact("egg-a", 1)]))
    assert not await store.bodies([egg("b")])


async def test_a_batch_that_gives_one_version_twice_is_a_conflict(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.commit(Changes(facts=[fact("egg-a", 1), fact("egg-a", 1)]))


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


async def test_a_partition_never_seen_begins_at_0_and_moves_with_its_batches(store: Store) -> None:
    assert await store.positions([PLACE, ("wishes", 1)]) == {PLACE: 0, ("wishes", 1): 0}
    await store.commit(Changes(positions={PLACE: (0, 7)}))
    await store.commit(Changes(positions={PLACE: (7, 9)}))
    assert await store.positions([PLACE, ("wishes", 1)]) == {PLACE: 9, ("wishes", 1): 0}


async def test_nobody_moves_a_partition_whose_position_was_never_asked_for(store: Store) -> None:
    with pytest.raises(Fenced):
        await store.commit(Changes(positions={PLACE: (0, 7)}))


async def test_who_begins_where_a_partition_no_longer_stands_is_fenced_and_writes_nothing(
    store: Store,
) -> None:
    await store.positions([PLACE, ("wishes", 1)])
    await store.commit(Changes(positions={PLACE: (0, 7)}))
    late = everything(replace_positions={PLACE: (0, 7), ("wishes", 1): (0, 3)})
    with pytest.raises(Fenced):
        await store.commit(late)
    assert await holds(store) == await holds(MemoryStore())
    assert await store.positions([PLACE, ("wishes", 1)]) == {PLACE: 7, ("wishes", 1): 0}


async def test_dues_come_in_order_of_moment_and_stream_up_to_their_partitions_moment(store: Store) -> None:
    timers = {
        egg("b"): (0, minute(2)),
        egg("a"): (0, minute(2)),
        egg("B"): (0, minute(2)),
        egg("c"): (0, minute(1)),
    }
    others = {egg("late"): (0, minute(9)), egg("there"): (1, minute(1))}
    await store.commit(Changes(timers={**timers, **others}))
    assert list(await store.timers({0: minute(2)}, 10)) == [
        Timer(minute(1), egg("c"), 0),
        Timer(minute(2), egg("B"), 0),
        Timer(minute(2), egg("a"), 0),
        Timer(minute(2), egg("b"), 0),
    ]
    assert list(await store.timers({1: minute(60)}, 10)) == [Timer(minute(1), egg("there"), 1)]


async def test_of_what_is_due_the_first_come_so_many_of_each_partition(store: Store) -> None:
    changes = Changes()
    for number in range(20):
        changes.timers[egg(f"{number:02}")] = (number % 2, minute(number // 4))
    await store.commit(changes)
    found = await store.timers({0: minute(60), 1: minute(1)}, 3)
    assert [timer.stream.id for timer in found] == ["00", "01", "02", "03", "04", "05"]
    assert {partition: timer.stream.id for partition, timer in ends(found, 3).items()} == {0: "04", 1: "05"}
    assert ends(found, 4) == {}


async def test_a_due_is_moved_and_cleared(store: Store) -> None:
    await store.commit(Changes(timers={egg("a"): (0, minute(1)), egg("b"): (0, minute(1))}))
    await store.commit(Changes(timers={egg("a"): (0, minute(3)), egg("b"): (0, None)}))
    assert list(await store.timers({0: minute(60)}, 10)) == [Timer(minute(3), egg("a"), 0)]


async def test_clocks_come_back_as_they_were(store: Store) -> None:
    clock = Clock().hear(beat(60, "/shop", late=7)).hear(beat(30, "/app", closed=True))
    await store.commit(Changes(clocks={0: (Clock(), clock)}))
    assert await store.clocks([0, 1]) == {0: clock, 1: Clock()}
    later = clock.hear(beat(90, "/shop", late=7))
    await store.commit(Changes(clocks={0: (clock, later)}))
    assert await store.clocks([0]) == {0: later}


async def test_a_source_that_expired_comes_back_so_and_one_that_was_forgotten_does_not(store: Store) -> None:
    both = Clock().hear(beat(0, "/shop", lease=9)).hear(beat(1, "/gone", lease=5))
    closing = both.hear(beat(2, "/app", closed=True, lease=1))
    later = closing.hear(beat(8, "/shop", lease=9))
    assert (list(later.expired), "/app" in later.sources) == (["/gone"], False)
    await store.commit(Changes(clocks={0: (Clock(), closing)}))
    await store.commit(Changes(clocks={0: (closing, later)}))
    assert await store.clocks([0]) == {0: later}


async def test_a_record_parked_twice_is_parked_once(store: Store) -> None:
    await store.commit(Changes(dead_letters=[letter(4), letter(5)]))
    await store.commit(Changes(dead_letters=[letter(4, "again"), letter(6)]))
    assert await dead_letters(store) == [(4, "not JSON"), (5, "not JSON"), (6, "not JSON")]


@pytest.mark.parametrize("bad", ["conflict", "taken"])
async def test_a_batch_is_written_whole_or_not_at_all(store: Store, bad: str) -> None:
    key = b"twice"
    await store.commit(Changes(facts=[fact("egg-x", 1)], inbox=[key]))
    await store.positions([PLACE])
    wrong = everything(replace_positions={PLACE: (0, 5)})
    if bad == "conflict":
        wrong.facts.append(fact("egg-x", 1))
    else:
        wrong.inbox.append(key)
    with pytest.raises(Conflict):
        await store.commit(wrong)
    assert await holds(store) == await holds(MemoryStore())
    assert await store.positions([PLACE]) == {PLACE: 0}


def everything(replace_positions: dict[tuple[str, int], tuple[int, int]]) -> Changes:
    """A bit of each kind of change, for the egg a."""
    return Changes(
        facts=[fact("egg-a", 1)],
        timers={egg("a"): (0, minute(1))},
        positions=replace_positions,
        clocks={0: (Clock(), Clock().hear(beat(60)))},
        inbox=[KEY],
        dead_letters=[letter(1)],
        heartbeats={0: b"{}"},
    )


async def holds(store: Store) -> list[object]:
    """What a store knows of what `everything` would change, apart from positions."""
    return [
        await store.bodies([egg("a")]),
        await store.seen([KEY]),
        list(await store.timers({0: minute(60)}, 10)),
        await store.clocks([0]),
        await dead_letters(store),
    ]


async def dead_letters(store: Any) -> list[tuple[int, str]]:
    if isinstance(store, MemoryStore):
        return sorted((each.offset, each.reason) for each in store.dead_letters)
    return [
        tuple(row) for row in await store.pool.fetch("select offset_, reason from dead_letters order by 1")
    ]


async def test_all_of_a_batch_is_there_once_it_is_written(store: Store) -> None:
    await store.positions([PLACE])
    await store.commit(everything(replace_positions={PLACE: (0, 5)}))
    assert await holds(store) == [
        {egg("a"): [b"{}"]},
        {KEY},
        [Timer(minute(1), egg("a"), 0)],
        {0: Clock().hear(beat(60))},
        [(1, "not JSON")],
    ]
