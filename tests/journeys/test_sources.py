"""Logs played and a wall clock that ticks: whose time a house goes by, and whom it waits for."""

from datetime import datetime, timedelta

from deploy.playing.player import heartbeats
from deploy.playing.timetable import Arrival, Disorder, timetable
from deploy.purchases.purchase import Log
from deploy.ticker import SOURCE, tick
from shared.contracts.event import Event
from shared.contracts.reading import read
from shared.contracts.signals import SIGNALS, SourceHeartbeat
from shared.core.watermark import Clock
from tests.deploy.purchases.bought import bought, log_of
from tests.journeys.stages import StagesInMemory

LOG = log_of(*bought("anna", 0.5, 30.5), *bought("ben", 10.5), until=31)
NOW = LOG.end + timedelta(days=400)


def said(log: Log) -> list[Event]:
    """What `play` writes to a partition."""
    events = []
    for step in timetable(log, Disorder()):
        if isinstance(step, Arrival):
            events.append(step.purchase.signal(log.source, None))
        else:
            letter = heartbeats(log.source, step, 1)[0]
            events.append(read(letter.value, list(letter.headers), SIGNALS))
    return events


def ticks(begin: datetime, seconds: float) -> list[Event]:
    """A tick a second, or a minute where that is long."""
    every = 1 if seconds < 1_000 else 60
    return [tick(begin + timedelta(seconds=n), 0) for n in range(0, int(seconds) + 1, every)]


async def clock_after(*events: Event) -> Clock:
    """Of acquisition, one batch an event."""
    stages = StagesInMemory()
    for event in events:
        await stages.hear("signals", event)
    return stages.stages["acquisition"].transactor.snapshots.clocks[0]


async def test_history_first_then_live() -> None:
    clock = await clock_after(*said(LOG), *ticks(NOW, 3))
    assert (clock.watermark, clock.holder) == (NOW + timedelta(seconds=3), SOURCE)
    assert clock.expired == {}


async def test_a_log_played_into_a_house_that_ticks_holds_nobody_wherever_it_is_killed() -> None:
    """Up to yesterday: it was waited for twelve weeks once it was twelve weeks behind."""
    begin = LOG.end + timedelta(hours=9)
    for killed in range(len(said(LOG))):
        clock = await clock_after(
            *ticks(begin, 1), *said(LOG)[:killed], *ticks(begin + timedelta(seconds=2), 1)
        )
        assert (clock.watermark, clock.holder) == (begin + timedelta(seconds=3), SOURCE)


async def test_a_history_that_was_killed_before_the_wall_clock_began_is_waited_for_two_days() -> None:
    """So that it can be played again: judged by the wall clock, everyone in it would have gone quiet."""
    killed = said(LOG)[:12]
    vouched = max(event.time for event in killed if isinstance(event.data, SourceHeartbeat))
    days = timedelta(days=2).total_seconds()
    held = await clock_after(*killed, *ticks(NOW, days))
    assert (held.holder, held.watermark) == (LOG.source, vouched)
    again = await clock_after(*killed, *ticks(NOW, days), *said(LOG), *ticks(NOW + timedelta(days=2.1), 1))
    assert (again.holder, again.expired) == (SOURCE, {})
    gone = await clock_after(*killed, *ticks(NOW, days + 120))
    assert (gone.holder, gone.watermark) == (SOURCE, NOW + timedelta(seconds=days + 120))


async def test_a_history_that_was_killed_can_be_given_up_by_closing_it_at_its_last_word() -> None:
    killed = said(LOG)[:12]
    last = [event for event in killed if isinstance(event.data, SourceHeartbeat)][-1]
    closing = last._replace(id="by hand", data=SourceHeartbeat(closed=True, lease_seconds=60))
    clock = await clock_after(*killed, *ticks(NOW, 1), closing)
    assert (clock.holder, clock.watermark) == (SOURCE, NOW + timedelta(seconds=1))
