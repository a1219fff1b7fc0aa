"""A release is known by its code, and a process by the release that it was started from."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.house.release import VARIABLE, others, release
from deploy.local.process import pid_files, processes
from deploy.local.process.processes import Program


@pytest.fixture
def pids(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "run"
    for running in pid_files.found(tmp_path / "run"):
        processes.kill(running, tmp_path / "run")


def start(name: str, pids: Path, **env: str) -> None:
    argv = [sys.executable, "-c", "import time; time.sleep(60)"]
    clean = {key: text for key, text in os.environ.items() if key != VARIABLE}
    processes.start(Program(name, argv, pids.parent / "a.log", pids.parent, {**clean, **env}), pids)


def test_code_makes_the_release_and_what_lies_beside_it_does_not(tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    page = tmp_path / "services" / "care.py"
    page.write_text("ONE = 1\n")
    first = release(tmp_path)
    (tmp_path / "services" / "care.pyc").write_text("compiled")
    assert release(tmp_path) == first
    page.write_text("ONE = 2\n")
    assert release(tmp_path) != first


def test_who_runs_another_release_or_tells_none_is_named_and_the_servers_are_not(pids: Path) -> None:
    start("insight", pids, **{VARIABLE: release()})
    start("ticker", pids, **{VARIABLE: "another"})
    start("retention", pids)
    start("kafka", pids)
    assert others(pids) == ["retention", "ticker"]
