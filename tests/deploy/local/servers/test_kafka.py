"""What chance decides about a new broker must not decide whether it starts."""

import uuid
from pathlib import Path

import pytest

from deploy.local.process.ports import settle
from deploy.local.servers.kafka import Kafka

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
