"""What chance decides about a new broker must not decide whether it starts."""

import uuid
from pathlib import Path

import pytest

from deploy.local.process.deadline import until
from deploy.local.process.ports import settle
from deploy.local.process.processes import start, stop
from deploy.local.servers.kafka import Kafka, answers

LIKE_AN_OPTION = uuid.UUID(bytes=b"\xf8" + bytes(range(15)))
HARMLESS = uuid.UUID(bytes=bytes(range(16)))


@pytest.mark.timeout(300)
def test_a_cluster_id_that_looks_like_an_option_is_drawn_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([LIKE_AN_OPTION, HARMLESS])
    monkeypatch.setattr(uuid, "uuid4", lambda: next(drawn))
    ports = settle(["broker", "controller"], {})
    broker = Kafka(tmp_path / "kafka", tmp_path / "log", ports["broker"], ports["controller"], None)
    broker.prepare()
    assert "cluster.id=AAECAwQFBgcICQoLDA0ODw" in (broker.data / "meta.properties").read_text()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["C", "C.UTF-8"])
def test_a_folder_may_be_called_what_its_owner_likes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """A list is parted by commas, and a Java settings file is Latin-1 in which a backslash escapes."""
    monkeypatch.setenv("LC_ALL", language)
    home = tmp_path / "Büro Köln, 東京 \\neu" / "kafka"
    ports = settle(["broker", "controller"], {})
    broker = Kafka(home, tmp_path / "log", ports["broker"], ports["controller"], None)
    program = broker.prepare()
    assert (broker.data / "meta.properties").exists()
    running = start(program, tmp_path / "run")
    try:
        assert until(lambda: answers(broker.bootstrap), 60), (tmp_path / "log").read_text()
        assert any(broker.data.glob("__cluster_metadata-0/*.log"))
        assert [each.name for each in tmp_path.iterdir() if each.is_dir()] == [home.parent.name, "run"]
    finally:
        stop(running, tmp_path / "run", 20)
