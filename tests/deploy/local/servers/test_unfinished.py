"""What an interrupted or refused start made is not left on the disk for ever."""

from pathlib import Path

import pytest

from deploy.errors import Trouble
from deploy.local.house.closing import empty
from deploy.local.process.account import home, unprivileged
from deploy.local.process.ports import settle
from deploy.local.servers.kafka import Kafka
from deploy.local.servers.postgres import Postgres


@pytest.fixture
def broker(tmp_path: Path) -> Kafka:
    ports = settle(["broker", "controller"], {})
    (tmp_path / "kafka" / "fresh-killed" / "data").mkdir(parents=True)
    return Kafka(tmp_path / "kafka", tmp_path / "log", ports["broker"], ports["controller"], None)


@pytest.mark.timeout(300)
def test_what_a_killed_start_left_is_removed_by_the_next(broker: Kafka) -> None:
    broker.prepare()
    assert {path.name for path in broker.home.iterdir() if path.is_dir()} == {"data"}


@pytest.mark.timeout(300)
def test_a_broker_whose_storage_is_refused_leaves_nothing(
    broker: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.local.servers.kafka._cluster_id", lambda: "-h")
    with pytest.raises(Trouble, match="expected one argument"):
        broker.prepare()
    assert [path for path in broker.home.iterdir() if path.is_dir()] == []


def test_a_database_server_as_well(tmp_path: Path) -> None:
    account = unprivileged()
    place = home(tmp_path, account) / "postgres"
    (place / "fresh-killed" / "data").mkdir(parents=True)
    server = Postgres(place, tmp_path / "log", 5432, "secret", account)
    server.prepare()
    left = {path.name for path in place.iterdir()}
    empty(tmp_path)  # the data of a house whose folder its account can not enter lie elsewhere
    assert left == {"data"}
