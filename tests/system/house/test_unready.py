"""What somebody must mend while the house runs does not keep the house from running."""

import asyncio
from pathlib import Path
from time import monotonic

import pytest

from deploy.evergreen import main
from deploy.local.house import closing
from deploy.local.house.house import House
from deploy.local.process.starting import READY_SECONDS
from tests.system.consume.topics import shift
from tests.system.house.opened import opened

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


def test_a_house_whose_service_takes_nothing_is_left_running_for_who_mends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Brought down with it, the command that it advises would find neither Kafka nor PostgreSQL."""
    house, again = ["--directory", str(tmp_path)], ["--services", "conversion"]
    with opened(tmp_path, *again, "--no-watch", "--clock", "log") as before:
        closing.bring_down(tmp_path)
        assert main(["up", *house, "--services", ""]) == 0
        asyncio.run(shift(before.services["conversion"].owner_url, 1_000, "signals", 3))
        began = monotonic()
        assert main(["up", *house, *again, "--no-watch"]) == 1
        assert monotonic() - began < READY_SECONDS
        assert "evergreen up: conversion runs and is not ready: position:" in capsys.readouterr().err
        pid = House.load(tmp_path).services["conversion"].pid
        assert main(["positions", "accept", *house, "--service", "conversion", "--topic", "signals"]) == 0
        assert main(["up", *house, *again, "--no-watch"]) == 0
        assert pid is not None
        assert House.load(tmp_path).services["conversion"].pid == pid
