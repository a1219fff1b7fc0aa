"""The wall clock as a source: a house that `up` started ticks by itself, and can be told not to."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from deploy.evergreen import main
from deploy.local.house import closing
from deploy.local.house.house import House
from deploy.ticker import LEASE, SOURCE, until_next
from shared.contracts.reading import read
from shared.contracts.signals import SIGNALS, SourceHeartbeat
from tests.system.house.opened import opened, up

NONE = ("--services", "")


@pytest.fixture(scope="module")
def ticking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house without services, as `up` opens it when nothing is said about clocks."""
    with opened(tmp_path_factory.mktemp("ticking"), *NONE) as house:
        yield house


async def next_of_each(house: House) -> list[ConsumerRecord]:
    """The next record on each partition of signals, from now on."""
    consumer = AIOKafkaConsumer(bootstrap_servers=house.kafka.bootstrap, request_timeout_ms=10_000)
    await consumer.start()
    try:
        consumer.assign([TopicPartition("signals", each) for each in range(house.partitions)])
        await consumer.seek_to_end()
        found: dict[int, ConsumerRecord] = {}
        while len(found) < house.partitions:
            record = await consumer.getone()
            found.setdefault(record.partition, record)
        return list(found.values())
    finally:
        await consumer.stop()


async def test_every_partition_hears_the_wall_clock(ticking: House) -> None:
    asked = datetime.now(UTC)
    for record in await next_of_each(ticking):
        heartbeat = read(record.value, record.headers, SIGNALS)
        assert heartbeat.source == SOURCE
        assert heartbeat.data == SourceHeartbeat(
            allowed_lateness_seconds=0, closed=False, lease_seconds=LEASE
        )
        assert asked - timedelta(seconds=5) < heartbeat.time < datetime.now(UTC)


def test_until_the_next_second() -> None:
    assert until_next(datetime(2026, 1, 1, 23, 59, 59, 999_000, UTC)) == pytest.approx(0.001)
    assert until_next(datetime(2026, 1, 2, tzinfo=UTC)) == 1


async def test_a_ticker_that_was_killed_ticks_again_once_it_is_restarted(ticking: House) -> None:
    before = ticking.ticker.pid
    ticking.kill("ticker")
    assert (ticking.running("ticker"), ticking.ticker.pid) == (None, None)
    ticking.restart("ticker")
    assert ticking.ticker.pid not in (None, before)
    assert len(await next_of_each(ticking)) == ticking.partitions


def test_status_names_a_ticker_that_is_down(ticking: House, capsys: pytest.CaptureFixture[str]) -> None:
    ticking.kill("ticker")
    main(["status", "--json", "--directory", str(ticking.directory)])
    assert json.loads(capsys.readouterr().out)["ticker"]["ready"] is False
    ticking.restart("ticker")
    main(["status", "--json", "--directory", str(ticking.directory)])
    assert json.loads(capsys.readouterr().out)["ticker"]["pid"] == ticking.ticker.pid


def test_a_house_keeps_the_clock_it_has_until_it_is_told_another(ticking: House) -> None:
    assert up(ticking.directory, *NONE, "--clock", "log").running("ticker") is None
    assert up(ticking.directory, *NONE).ticker.clock == "log"
    assert up(ticking.directory, *NONE, "--clock", "wall").running("ticker")


def test_down_stops_the_ticker_as_well(ticking: House) -> None:
    assert "ticker" in closing.bring_down(ticking.directory)
    assert House.load(ticking.directory).ticker.pid is None
