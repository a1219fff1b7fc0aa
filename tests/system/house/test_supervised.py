"""A house that `up` opened is watched: what dies comes back, what was stopped does not."""

import json
import os
import signal
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from deploy.evergreen import main
from deploy.local.house import closing
from deploy.local.house.house import House
from deploy.local.house.services import is_ready
from deploy.local.process import pid_files
from deploy.local.process.deadline import until
from deploy.local.servers import kafka, postgres
from tests.system.house.opened import opened, up

SECONDS = 60.0
STAGE = "acquisition"
SERVICES = ("--services", STAGE)
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("watched"), *SERVICES) as house:
        yield house


def pid_of(house: House, name: str) -> int | None:
    running = house.running(name)
    return running.pid if running else None


def slay(house: House, name: str) -> int:
    """kill -9 by a stranger, and its pid: nothing is noted, unlike House.kill."""
    pid = pid_of(house, name)
    assert pid
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: pid_of(house, name) != pid, SECONDS)
    return pid


def is_back(house: House, name: str, before: int) -> bool:
    return pid_of(house, name) not in (None, before)


def status(house: House, capsys: Captured) -> Any:
    capsys.readouterr()
    main(["status", "--json", "--directory", str(house.directory)])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", [STAGE, "ticker", "kafka", "postgres"])
def test_what_is_killed_is_back_soon_and_status_says_so(watched: House, capsys: Captured, name: str) -> None:
    before = slay(watched, name)
    assert until(lambda: is_back(watched, name, before), SECONDS)
    assert until(lambda: serves(watched, name), SECONDS)
    assert until(
        lambda: is_told(status(watched, capsys)[name]), SECONDS
    )  # a process is up before it is noted
    assert House.load(watched.directory).kafka.bootstrap == watched.kafka.bootstrap


def is_told(entry: Any) -> bool:
    known = (entry["ready"], entry["restarts"], entry["starts_again_at"])
    return known == (True, 1, None) and bool(entry["restarted_at"])


def serves(house: House, name: str) -> bool:
    now = House.load(house.directory)
    answers = {
        STAGE: lambda: is_ready(now.services[STAGE].health_url),
        "kafka": lambda: kafka.answers(now.kafka.address),
        "postgres": lambda: postgres.answers(now.postgres.admin_url),
    }
    return answers.get(name, lambda: True)()


def test_what_was_stopped_stays_down(watched: House) -> None:
    watched.stop_service(STAGE)
    ticker = slay(watched, "ticker")
    assert until(lambda: is_back(watched, "ticker", ticker), SECONDS)  # so the supervisor has looked
    assert pid_of(watched, STAGE) is None
    watched.start_service(STAGE)


def test_a_killed_supervisor_takes_nothing_with_it_is_missed_and_comes_back_with_up(
    watched: House, capsys: Captured
) -> None:
    before = slay(watched, "supervisor")
    told = status(watched, capsys)
    assert told["supervisor"]["not_ready"] == {"process": "does not run"}
    assert main(["status", "--directory", str(watched.directory)]) == 1
    stage = pid_of(watched, STAGE)
    assert stage
    up(watched.directory, *SERVICES)
    assert is_back(watched, "supervisor", before)
    assert pid_of(watched, STAGE) == stage
    assert status(watched, capsys)["ticker"]["restarts"] > 0  # what it had counted is kept


def test_one_that_dies_of_being_started_is_started_ever_more_slowly_and_status_says_why(
    watched: House, capsys: Captured
) -> None:
    spoil(watched, {"EVERGREEN_BATCH": "many"})
    began = status(watched, capsys)[STAGE]["restarts"]
    slay(watched, STAGE)
    assert until(lambda: status(watched, capsys)[STAGE]["restarts"] >= began + 3, SECONDS)
    assert until(lambda: status(watched, capsys)[STAGE]["starts_again_at"] is not None, SECONDS)
    told = status(watched, capsys)[STAGE]
    assert "ValueError" in told["died_with"]
    main(["status", "--directory", str(watched.directory)])
    said = capsys.readouterr().out
    assert f"{STAGE}: its log ended with: ValueError" in said
    assert "times in a row, starts again in" in said


def test_down_ends_it_all_though_something_is_to_be_started_again(watched: House) -> None:
    """And `up` begins to count anew."""
    supervisor = pid_of(watched, "supervisor")
    assert "supervisor" in closing.bring_down(watched.directory)
    assert pid_files.found(closing.pids(watched.directory)) == []
    assert pid_files.dead(closing.pids(watched.directory)) == []
    assert supervisor
    assert not psutil.pid_exists(supervisor)


def test_a_house_that_was_mended_counts_anew(watched: House, capsys: Captured) -> None:
    spoil(watched, {})
    up(watched.directory, *SERVICES)
    told = status(watched, capsys)
    assert {name: part["restarts"] for name, part in told.items()} == dict.fromkeys(told, 0)


def spoil(house: House, env: dict[str, str]) -> None:
    now = House.load(house.directory)
    now.services[STAGE].env = env
    now._save()


def test_a_house_that_nobody_asked_to_watch_is_not_watched(house: House) -> None:
    assert house.running("supervisor") is None
    assert house.supervisor.watches is False


def test_who_does_not_want_it_watched_says_so(watched: House) -> None:
    up(watched.directory, *SERVICES, "--no-watch")
    assert watched.running("supervisor") is None
