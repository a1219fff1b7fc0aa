"""Commands that meet each other or are killed: the house that comes of it is whole, or nothing of it runs."""

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from deploy.local.house import closing
from deploy.local.house.house import House
from deploy.local.process.deadline import until
from deploy.local.process.pid_files import found
from deploy.local.process.ports import free_port
from deploy.local.servers import kafka, postgres
from deploy.places import ROOT
from tests.system.house.opened import forgotten

Command = subprocess.Popen[str]


def command(name: str, directory: Path, *words: str) -> Command:
    argv = [sys.executable, "-m", "deploy.evergreen", name, "--directory", str(directory), *words]
    return subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def up(directory: Path, *words: str) -> Command:
    return command("up", directory, "--services", "", "--clock", "log", *words)


def ended(running: Command) -> str:
    said, _ = running.communicate(timeout=120)
    assert running.returncode == 0, said
    return said


def stands(house: House) -> bool:
    return kafka.answers(house.kafka.bootstrap) and postgres.answers(house.postgres.admin_url)


@pytest.fixture
def places(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    both = (tmp_path / "one", tmp_path / "other")
    with forgotten(*both):
        yield both


def test_two_houses_that_chose_the_same_ports_at_once_both_stand(places: tuple[Path, Path]) -> None:
    wanted: list[str] = []
    for name in ("kafka", "kafka-controller", "postgres"):
        wanted += ["--port", f"{name}={free_port([int(word.split('=')[1]) for word in wanted[1::2]])}"]
    for one in [up(place, *wanted) for place in places]:
        ended(one)
    houses = [House.load(place) for place in places]
    assert all(stands(house) for house in houses)
    assert houses[0].kafka.bootstrap != houses[1].kafka.bootstrap
    assert houses[0].postgres.admin_url.split("@")[1] != houses[1].postgres.admin_url.split("@")[1]


def test_the_same_house_opened_twice_at_once_is_one_house(places: tuple[Path, Path]) -> None:
    for one in [up(places[0]), up(places[0])]:
        ended(one)
    assert stands(House.load(places[0]))
    assert {one.name for one in found(closing.pids(places[0]))} == {"kafka", "postgres", "supervisor"}


def test_down_waits_for_an_up_and_then_stops_it_all(places: tuple[Path, Path]) -> None:
    opening = up(places[0])
    assert until((closing.pids(places[0]) / "postgres.pid").exists, 60)
    said = ended(command("down", places[0]))
    assert "waiting for another command" in said
    assert "stopped " in said
    assert "kafka" in said
    ended(opening)
    assert found(closing.pids(places[0])) == []


def test_an_up_that_is_killed_at_any_moment_is_taken_up_by_the_next(places: tuple[Path, Path]) -> None:
    dice = random.Random(8)
    for _ in range(4):
        one = up(places[0])
        with suppress(subprocess.TimeoutExpired):  # one that was quick has ended, and is none the worse
            one.wait(dice.uniform(0.3, 4.0))
        one.send_signal(signal.SIGKILL)
        one.communicate()
    ended(up(places[0]))
    assert stands(House.load(places[0]))
    assert {one.name for one in found(closing.pids(places[0]))} == {"kafka", "postgres", "supervisor"}
    data = Path(House.load(places[0]).kafka.data or "").parent
    assert not list(data.glob("fresh-*"))
