"""What a store keeps of time, timers and clocks: in memory as on PostgreSQL."""

from shared.core.store import Changes, Store, Timer, ends
from shared.core.watermark import Clock
from tests.shared.core.reminders import beat, minute, reminder


async def test_dues_come_in_order_of_moment_and_stream_up_to_their_partitions_moment(store: Store) -> None:
    timers = {
        reminder("b"): (0, minute(2)),
        reminder("a"): (0, minute(2)),
        reminder("B"): (0, minute(2)),
        reminder("c"): (0, minute(1)),
    }
    others = {reminder("late"): (0, minute(9)), reminder("there"): (1, minute(1))}
    await store.commit(Changes(timers={**timers, **others}))
    assert list(await store.timers({0: minute(2)}, 10)) == [
        Timer(minute(1), reminder("c"), 0),
        Timer(minute(2), reminder("B"), 0),
        Timer(minute(2), reminder("a"), 0),
        Timer(minute(2), reminder("b"), 0),
    ]
    assert list(await store.timers({1: minute(60)}, 10)) == [Timer(minute(1), reminder("there"), 1)]


async def test_of_what_is_due_the_first_come_so_many_of_each_partition(store: Store) -> None:
    changes = Changes()
    for number in range(20):
        changes.timers[reminder(f"{number:02}")] = (number % 2, minute(number // 4))
    await store.commit(changes)
    found = await store.timers({0: minute(60), 1: minute(1)}, 3)
    assert [timer.stream.id for timer in found] == ["00", "01", "02", "03", "04", "05"]
    assert {partition: timer.stream.id for partition, timer in ends(found, 3).items()} == {0: "04", 1: "05"}
    assert ends(found, 4) == {}


async def test_a_due_is_moved_and_cleared(store: Store) -> None:
    await store.commit(Changes(timers={reminder("a"): (0, minute(1)), reminder("b"): (0, minute(1))}))
    await store.commit(Changes(timers={reminder("a"): (0, minute(3)), reminder("b"): (0, None)}))
    assert list(await store.timers({0: minute(60)}, 10)) == [Timer(minute(3), reminder("a"), 0)]


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
    back = later.hear(beat(60, "/shop", lease=9))
    assert back.sources["/shop"].returned == minute(60)
    await store.commit(Changes(clocks={0: (later, back)}))
    assert await store.clocks([0]) == {0: back}
