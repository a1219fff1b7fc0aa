"""A record becomes a dead letter only when another of its type could be written since it failed."""

from typing import Any

import asyncpg
import pytest

from shared.consume.evidence import FEW
from shared.consume.poison import CircuitOpen
from shared.core.stream import StreamName, UnreadableStream
from shared.resilience.transient import Outage
from tests.shared.consume.failing_service import Service, none
from tests.shared.consume.records import Record


async def test_each_that_fails_is_isolated_and_all_others_are_applied_in_order() -> None:
    service = Service(lambda offset: offset in {0, 1, 222, 223})
    await service.take(range(300))
    assert service.dead_letters == [0, 1, 222, 223]
    assert service.applied == [each for each in range(300) if each not in service.dead_letters]
    assert service.isolator.held is None


async def test_when_all_of_a_type_fail_nothing_is_isolated_however_often_it_starts() -> None:
    service = Service(lambda _: True, mixed=True)
    for _ in range(5):
        service.again()
        for _ in range(3):
            with pytest.raises(CircuitOpen):
                await service.take(range(300), partitions=7)
        assert "no other order could be written since it failed: ZeroDivisionError" in str(
            service.isolator.held
        )
    assert service.dead_letters == []


async def test_once_mended_it_goes_on_by_itself_with_the_record_it_held() -> None:
    service = Service(lambda _: True)
    with pytest.raises(CircuitOpen):
        await service.take(range(100))
    service.bad = none
    await service.take(range(100))
    assert (service.dead_letters, service.applied) == ([], list(range(100)))
    assert service.isolator.held is None
    assert not service.isolator.evidence.wanted


async def test_what_was_mended_while_a_neighbour_was_asked_is_tried_once_more() -> None:
    service = Service(lambda _: True)
    rehearse = service.rehearse

    async def mended(record: Any) -> bool:
        service.bad = none
        return await rehearse(record)

    service.isolator._rehearse = mended
    await service.take(range(8))
    assert (service.applied, service.dead_letters) == (list(range(8)), [])


async def test_one_alone_is_held_until_another_of_its_type_is_written() -> None:
    service = Service(lambda offset: offset == 0, mixed=True)
    for _ in range(2):
        with pytest.raises(CircuitOpen):
            await service.take([0, 1, 2])
    assert (service.applied, service.dead_letters) == ([], [])
    await service.take([0, 1, 2, 3])
    assert (service.applied, service.dead_letters) == ([1, 2, 3], [0])


async def test_what_another_partition_wrote_since_speaks_and_that_partition_is_not_held() -> None:
    service = Service(lambda offset: offset == 0)
    with pytest.raises(CircuitOpen):
        await service.take([0])
    with pytest.raises(CircuitOpen):  # first the other partition is written, in the same poll
        await service.take([0, 1], partitions=2)
    assert (service.applied, service.dead_letters) == ([1], [])
    await service.take([0], partitions=2)
    assert service.dead_letters == [0]


async def test_what_an_operator_gave_up_becomes_a_dead_letter_and_no_other_does() -> None:
    service = Service(lambda _: True)
    with pytest.raises(CircuitOpen, match=r"to give it up: evergreen refuse requests/0@0"):
        await service.take(range(4))
    service.given_up = {0, 2}
    with pytest.raises(CircuitOpen, match="evergreen refuse requests/0@1"):
        await service.take(range(4))
    assert service.dead_letters == [0]


async def test_so_does_what_is_no_event_and_is_never_given_up_by_itself() -> None:
    service = Service(lambda offset: offset == 1)
    service.isolator._type_of = lambda record: "order" if record.offset != 1 else None
    for _ in range(2):
        with pytest.raises(CircuitOpen, match=r"no event is not given up by itself.*refuse requests/0@1"):
            await service.take(range(4))
    service.given_up = {1}
    await service.take(range(4))
    assert (service.applied, service.dead_letters) == ([0, 2, 3], [1])


async def test_what_was_written_before_it_failed_says_nothing() -> None:
    service = Service(none)
    await service.take(range(50))
    service.bad = lambda _: True
    with pytest.raises(CircuitOpen):
        await service.take([50])
    assert service.dead_letters == []


async def test_when_most_of_a_type_fail_it_holds_all_the_same() -> None:
    service = Service(lambda offset: offset % 4 != 0)
    with pytest.raises(CircuitOpen, match=r"\d+ of the last \d+ order failed"):
        await service.take(range(300))
    assert FEW <= len(service.dead_letters) < 2 * FEW


async def test_a_few_in_a_long_time_never_add_up() -> None:
    service = Service(lambda offset: offset % 10 == 0)
    for start in range(0, 300, 10):
        await service.take(range(start, start + 10))
    assert len(service.dead_letters) == 30


async def test_neighbours_are_of_other_keys_and_few_are_asked() -> None:
    service = Service(lambda _: True)
    records = [Record(offset=n, key=b"same" if n < 100 else b"%d" % n) for n in range(200)]
    with pytest.raises(CircuitOpen):
        await service.isolator.take(records)
    assert service.rehearsed == list(range(100, 110))


async def test_what_cannot_be_kept_as_a_dead_letter_is_held_too() -> None:
    service = Service(lambda offset: offset == 3, parks=False)
    with pytest.raises(CircuitOpen, match="its dead letter cannot be written: ValueError"):
        await service.take(range(8))
    assert (service.applied, service.dead_letters) == ([0, 1, 2], [])


async def test_a_stream_that_this_release_cannot_read_holds_its_partition_alone() -> None:
    service = Service(
        lambda offset: offset == 4, UnreadableStream(StreamName("order", "7"), "KeyError: 'order.lost'")
    )
    with pytest.raises(CircuitOpen, match="a stream of category order cannot be read by this release"):
        await service.take(range(40), partitions=4)
    assert service.applied == [each for n in (1, 2, 3) for each in range(n, 40, 4)]
    assert service.dead_letters == []


async def test_what_a_database_refuses_to_all_is_said_while_it_is_waited_for() -> None:
    service = Service(lambda _: True, asyncpg.InsufficientPrivilegeError("permission denied for table facts"))
    with pytest.raises(Outage):
        await service.take(range(8))
    assert service.said == (
        "PostgreSQL refuses: InsufficientPrivilegeError: permission denied for table facts; "
        "nothing is skipped, it is tried again until what is broken is mended"
    )
    assert (service.dead_letters, service.isolator.held) == ([], None)


async def test_who_has_lost_a_partition_does_not_hold_it() -> None:
    service = Service(lambda _: True)
    with pytest.raises(CircuitOpen):
        await service.take([0])
    service.isolator.forget()
    assert service.isolator.held is None
    assert not service.isolator.evidence.wanted
