"""A batch as it is taken: each event once, and known by how far the clock had come when it was heard."""

from services.insight.entries import enter
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid, SourceHeartbeat
from shared.core.batch import Heard
from shared.core.watermark import Clock
from tests.scenario import day

CLOCKS = dict.fromkeys(range(6), Clock())
PAID = OrderPaid(order_id="o1", amount=500, currency="EUR")


def paid(id: str, on: float, partition: int = 0) -> Heard:
    return Heard("signals", partition, 0, Event(id, "/shop", "anna", day(on), PAID))


def beat(on: float, partition: int = 0, topic: str = "signals") -> Heard:
    return Heard(topic, partition, 0, Event(f"{on}", "/shop", "", day(on), SourceHeartbeat()))


def test_an_event_is_known_by_the_clock_as_it_stood_when_it_was_heard() -> None:
    entries = enter([paid("a", 0), beat(1), paid("b", 1), beat(5), paid("late", 2)], CLOCKS)
    assert [entry.known for entry in entries.told.values()] == [None, day(1), day(5)]


def test_a_clock_goes_on_from_where_the_batch_before_left_it() -> None:
    before = enter([beat(3)], CLOCKS).clocks
    entries = enter([paid("a", 1), beat(4)], CLOCKS | before)
    assert [entry.known for entry in entries.told.values()] == [day(3)]
    assert entries.clocks[0].watermark == day(4)


def test_one_partitions_clock_is_not_anothers() -> None:
    entries = enter([beat(3, partition=1), paid("a", 1, partition=0)], CLOCKS)
    assert [entry.known for entry in entries.told.values()] == [None]
    assert set(entries.clocks) == {1}


def test_an_event_that_comes_twice_is_one_entry_and_the_first_word_counts() -> None:
    entries = enter([paid("a", 0), beat(1), paid("a", 0)._replace(offset=7)], CLOCKS)
    assert [(entry.heard.offset, entry.known) for entry in entries.told.values()] == [(0, None)]


def test_what_a_batch_brings_again_and_what_an_earlier_one_told_is_repeated() -> None:
    entries = enter([paid("a", 0), paid("a", 0), paid("b", 0), paid("c", 0)], CLOCKS)
    a, b, c = entries.told.values()
    assert entries.repeated([a, b, c]) == {"signals": 1}
    assert entries.repeated([a, c]) == {"signals": 2}


def test_the_same_id_from_another_source_is_another_event() -> None:
    other = paid("a", 0)
    entries = enter([paid("a", 0), other._replace(event=other.event._replace(source="/app"))], CLOCKS)
    assert len(entries.told) == 2


def test_the_same_id_for_another_customer_is_another_event() -> None:
    other = paid("a", 0)
    entries = enter([paid("a", 0), other._replace(event=other.event._replace(subject="ben"))], CLOCKS)
    assert [entry.heard.event.subject for entry in entries.told.values()] == ["anna", "ben"]


def test_what_is_about_nobody_is_passed_over() -> None:
    nobody = paid("a", 0)._replace(event=paid("a", 0).event._replace(subject=""))
    assert enter([nobody], CLOCKS).told == {}


def test_the_heartbeats_of_stages_do_not_move_the_clock() -> None:
    entries = enter([beat(3, topic="conversion")], CLOCKS)
    assert (entries.clocks, entries.first) == ({}, None)


def test_the_first_heartbeat_on_partition_0_opens_the_calendar_and_no_other_does() -> None:
    first = enter([beat(2, partition=3), beat(1), beat(2)], CLOCKS)
    assert first.first is not None
    assert first.first.time == day(1)
    assert enter([beat(3), beat(3, partition=5)], CLOCKS | first.clocks).first is None
