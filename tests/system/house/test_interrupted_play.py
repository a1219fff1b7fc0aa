"""A real `evergreen play`, interrupted: its source is closed, and what it vouched for is there."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime

import pytest

from deploy.events.topic import consumer, ends, places, whole
from deploy.local.house.house import House
from deploy.local.process.deadline import until
from deploy.places import ROOT
from deploy.purchases.cdnow import cdnow
from shared.contracts.event import Event
from shared.contracts.reading import read
from shared.contracts.signals import SIGNALS, SourceHeartbeat

Command = subprocess.Popen[str]
Ends = Mapping[tuple[str, int], int]
FEW = 800


def ends_of(house: House) -> Ends:
    return asyncio.run(_ends(house.kafka.address))


async def _ends(kafka: str) -> Ends:
    reader = consumer(kafka)
    await reader.start()
    try:
        return await ends(reader, await places(kafka, ["signals"]))
    finally:
        await reader.stop()


def under_way(house: House, before: Ends) -> Command:
    """A play at a leisurely pace that has published a good deal."""
    words = [sys.executable, "-m", "deploy.evergreen", "play", "cdnow", "--pace", "4", "--sample", "0"]
    words += ["--directory", str(house.directory)]
    command = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert until(lambda: sum(ends_of(house).values()) > sum(before.values()) + FEW, 60, every=0.2)
    assert command.poll() is None
    return command


def interrupted(command: Command, number: signal.Signals) -> str:
    """What it said last."""
    command.send_signal(number)
    try:
        return command.communicate(timeout=60)[1]
    finally:
        command.kill()


async def heard(house: House, before: Ends) -> dict[int, list[Event]]:
    """What the play has published on each partition."""
    found: dict[int, list[Event]] = {partition: [] for partition in range(house.partitions)}
    async for record in whole(house.kafka.address, "signals"):
        if record.offset >= before["signals", record.partition]:
            found[record.partition].append(read(record.value, list(record.headers), SIGNALS))
    return found


def last_beat(events: list[Event]) -> tuple[datetime, bool]:
    beats = [event for event in events if isinstance(event.data, SourceHeartbeat)]
    assert max(beat.time for beat in beats) == beats[-1].time
    assert isinstance(beats[-1].data, SourceHeartbeat)
    return beats[-1].time, beats[-1].data.closed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_its_source_is_closed_and_what_it_vouched_for_is_published(
    house: House, number: signal.Signals
) -> None:
    before = ends_of(house)
    command = under_way(house, before)
    said = interrupted(command, number)
    assert (command.returncode, said.splitlines()[-1]) == (130, "interrupted")
    partitions = asyncio.run(heard(house, before))
    words = {last_beat(events) for events in partitions.values()}
    ((moment, closed),) = words
    assert closed
    assert cdnow().opens < moment < cdnow().end
    there = {event.id for events in partitions.values() for event in events}
    assert {bought.id for bought in cdnow().purchases if bought.time < moment} <= there


def test_where_kafka_is_away_it_says_how_to_close_it(house: House) -> None:
    command = under_way(house, ends_of(house))
    house.kill("kafka")
    try:
        said = interrupted(command, signal.SIGTERM)
    finally:
        house.restart("kafka")
    assert command.returncode == 1
    assert "its source could not be closed" in said
    assert f"publish source.heartbeat closed=true --source {cdnow().source} --time 1997-" in said
