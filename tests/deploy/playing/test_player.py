import asyncio
from contextlib import suppress
from typing import Any

from deploy.events.producer import Publisher, Record
from deploy.playing.player import Manner, Played, play
from deploy.playing.poison import poisons
from deploy.playing.timetable import Disorder
from deploy.purchases.purchase import Log
from shared.contracts.reading import Unreadable, read
from shared.contracts.signals import SIGNALS, SourceHeartbeat
from shared.core.watermark import Clock
from tests.deploy.purchases.bought import bought, log_of


class Shelf(Publisher):
    """Keeps what would be sent; two partitions."""

    def __init__(self) -> None:
        super().__init__("nowhere:0")
        self.partitions = 2
        self.records: list[Record] = []

    async def send(self, records: Any) -> list[Any]:
        self.records.extend(records)
        return []


async def played(log: Log, manner: Manner) -> tuple[Played, list[Record]]:
    shelf = Shelf()
    return await play(log, manner, shelf, lambda _: None), shelf.records


LOG = log_of(*bought("a", 0, 1.5, 3), *bought("b", 2), until=4)


async def test_everything_is_counted_by_what_it_is() -> None:
    found, records = await played(LOG, Manner(Disorder(1, 2), poisons=tuple(poisons())))
    assert (found.signals, found.duplicates, found.poison) == (4, 2, len(poisons()))
    assert found.heartbeats % 2 == 0
    assert len(records) == found.signals + found.duplicates + found.poison + found.heartbeats


async def test_poison_is_strewn_in_before_the_last_word() -> None:
    _, records = await played(LOG, Manner(poisons=tuple(poisons())))
    refused = []
    for place, one in enumerate(records):
        try:
            event = read(one.value, list(one.headers), SIGNALS)
        except Unreadable:
            refused.append(place)
            continue
        assert isinstance(event.data, SourceHeartbeat) == (one.partition is not None)
    assert refused[0] > 0
    assert refused[-1] < len(records) - 2


async def test_every_partition_hears_each_heartbeat_under_an_id_of_its_own() -> None:
    _, records = await played(LOG, Manner())
    beats = [read(one.value, list(one.headers), SIGNALS) for one in records if one.partition is not None]
    assert len({beat.id for beat in beats}) == len(beats)
    assert [one.partition for one in records if one.partition is not None] == [0, 1] * (len(beats) // 2)
    assert all(isinstance(beat.data, SourceHeartbeat) and beat.data.closed for beat in beats[-2:])


async def test_a_purchase_carries_the_same_trace_on_every_replay_in_header_and_envelope() -> None:
    first, second = [(await played(LOG, Manner(sample=1)))[1] for _ in range(2)]
    assert first == second
    event = read(first[2].value, list(first[2].headers), SIGNALS)
    assert event.traceparent is not None
    assert dict(first[2].headers)["traceparent"] == event.traceparent.encode()
    assert event.traceparent.endswith("-01")


async def test_the_pace_holds_back_what_is_not_due_yet() -> None:
    moments = []
    shelf = Shelf()
    await play(LOG, Manner(pace=2.0), shelf, lambda played: moments.append((played.began, played.moment)))
    assert len({moment for _, moment in moments}) > 2


async def test_without_heartbeats_only_purchases_are_sent() -> None:
    found, records = await played(LOG, Manner(heartbeats=False))
    assert (found.heartbeats, len(records)) == (0, 4)


async def test_a_play_that_is_interrupted_closes_its_source() -> None:
    shelf = Shelf()
    playing = asyncio.create_task(play(LOG, Manner(pace=0.1), shelf, lambda _: None))
    async with asyncio.timeout(10):
        while not shelf.records:
            await asyncio.sleep(0)
    playing.cancel()
    with suppress(asyncio.CancelledError):
        await playing
    last = [read(one.value, list(one.headers), SIGNALS) for one in shelf.records[-2:]]
    assert [(beat.time, beat.data.closed) for beat in last] == [(LOG.opens, True)] * 2  # type: ignore[attr-defined]
    assert LOG.opens < LOG.end


class Torn(Shelf):
    """Breaks off in the middle of the first records that it is given."""

    torn = False

    async def send(self, records: Any) -> list[Any]:
        if self.torn:
            return await super().send(records)
        self.torn = True
        await super().send(records[: len(records) // 2])
        await asyncio.Event().wait()
        return []


async def test_a_play_that_is_torn_vouches_by_closing_for_nothing_that_it_did_not_publish() -> None:
    shelf, days = Torn(), [day / 2 for day in range(60)]
    log = log_of(*bought("a", *days), until=31)
    playing = asyncio.create_task(play(log, Manner(Disorder(3)), shelf, lambda _: None))
    async with asyncio.timeout(10):
        while not shelf.records:
            await asyncio.sleep(0)
    playing.cancel()
    with suppress(asyncio.CancelledError):
        await playing
    published = [read(one.value, list(one.headers), SIGNALS) for one in shelf.records]
    clock = Clock()
    for event in published:
        if isinstance(event.data, SourceHeartbeat):
            clock = clock.hear(event)
    assert clock.closed
    assert clock.watermark is not None
    vouched_for = {each.time for each in log.purchases if each.time < clock.watermark}
    assert vouched_for <= {event.time for event in published if event.subject}


async def test_a_play_is_waited_for_no_longer_than_any_source_that_speaks_every_day() -> None:
    _, records = await played(LOG, Manner())
    events = [read(one.value, list(one.headers), SIGNALS) for one in records]
    leases = {event.data.lease_seconds for event in events if isinstance(event.data, SourceHeartbeat)}
    assert leases == {SourceHeartbeat().lease_seconds}
