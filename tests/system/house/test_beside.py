"""Houses beside each other, on servers from outside, and the end of one that nobody closed."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.errors import Trouble
from deploy.local.house import closing
from deploy.local.house.house import House
from deploy.local.process.deadline import until
from deploy.local.process.pid_files import found
from deploy.local.servers import kafka, postgres
from deploy.places import ROOT
from deploy.provisioning.topics import Topic, provide
from tests.system.house.opened import forgotten


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A second house, started by a command that was killed in the middle, and taken up by another."""
    directory = tmp_path_factory.mktemp("beside")
    with forgotten(directory):
        start_and_kill(directory)
        survivors = {each.name: each.pid for each in found(closing.pids(directory))}
        opened = House.open(directory, services=[])
        assert survivors["kafka"] == opened.kafka.pid
        assert survivors.get("postgres", opened.postgres.pid) == opened.postgres.pid
        yield opened


def start_and_kill(directory: Path) -> None:
    command = start(directory)
    command.send_signal(signal.SIGKILL)
    command.wait()


def start(directory: Path) -> "subprocess.Popen[bytes]":
    """The command up, once it has started Kafka."""
    words = [sys.executable, "-m", "deploy.evergreen", "up", "--directory", str(directory)]
    words += ["--services", "", "--clock", "log"]
    quiet = subprocess.DEVNULL
    command = subprocess.Popen(words, cwd=ROOT, stdout=quiet, stderr=quiet)
    assert until((closing.pids(directory) / "kafka.pid").exists, 60)
    return command


def test_an_interrupted_up_leaves_nothing_running(tmp_path: Path) -> None:
    command = start(tmp_path)
    command.send_signal(signal.SIGINT)
    assert command.wait(20) == 130
    assert found(closing.pids(tmp_path)) == []
    closing.forget(tmp_path)


def test_two_houses_stand_side_by_side(house: House, beside: House) -> None:
    both = [
        (each.kafka.bootstrap, each.kafka.pid, each.postgres.pid, each.postgres.admin_url)
        for each in (house, beside)
    ]
    assert not set(both[0]) & set(both[1])
    assert all(kafka.answers(each.kafka.bootstrap) for each in (house, beside))
    assert all(postgres.answers(each.postgres.admin_url) for each in (house, beside))


def test_a_house_on_servers_from_outside_provisions_them_and_leaves_them_running(
    beside: House, tmp_path: Path
) -> None:
    place = tmp_path / "customer"
    customer = House.open(
        place, services=[], kafka=beside.kafka.bootstrap, postgres=beside.postgres.admin_url
    )
    assert (customer.kafka.pid, customer.postgres.pid) == (None, None)
    assert postgres.answers(customer.services["insight"].database_url)
    customer.close()
    customer.forget()
    assert not customer.directory.exists()
    assert kafka.answers(beside.kafka.bootstrap)
    assert postgres.answers(beside.postgres.admin_url)


async def test_a_topic_cut_into_other_partitions_is_named(beside: House) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=beside.kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("narrow", 1, 1)])
    await admin.close()
    with pytest.raises(Trouble, match=r"topic narrow has 1 partitions where topics\.yaml says 6"):
        await provide(beside.kafka.bootstrap, [Topic("narrow", 6, 1)])


def test_down_finds_everything_by_its_pid_files_alone_and_the_data_stay(beside: House) -> None:
    record = beside.directory / "house.json"
    kept = record.read_text()
    record.write_text("torn")
    with pytest.raises(Trouble, match="can't be read"):
        House.load(record)
    assert set(closing.bring_down(beside.directory)) == {"kafka", "postgres", "supervisor"}
    assert not kafka.answers(beside.kafka.bootstrap)
    record.write_text(kept)
    again = House.open(beside.directory, services=[])
    assert json.loads(record.read_text())["kafka"]["pid"] == again.kafka.pid
    assert asyncio.run(databases(again.postgres.admin_url)) >= set(again.services)


async def databases(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("select datname from pg_database")
    await connection.close()
    return {row["datname"] for row in rows}
