"""Only what we started is ended, and all of it."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from deploy.local.process import pid_files, processes
from deploy.local.process.deadline import until
from deploy.local.process.pid_files import Running
from deploy.local.process.ports import HOST
from deploy.local.process.processes import Program
from deploy.places import ROOT

WAITS = "import time; print('here', flush=True); time.sleep(60)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAITS}"
# Like PostgreSQL's backends: a child in a session of its own.
PARENT = f"""
import subprocess, sys
subprocess.Popen([sys.executable, '-c', {WAITS!r}], start_new_session=True)
{WAITS}"""


def start(tmp_path: Path, code: str, lines: int = 1) -> Running:
    log = tmp_path / "a.log"
    program = Program("a", [sys.executable, "-c", code], log, tmp_path, dict(os.environ))
    running = processes.start(program, tmp_path / "run")
    assert until(lambda: log.read_text().count("here") == lines, 10)
    return running


def test_what_was_started_is_found_until_it_is_stopped(tmp_path: Path) -> None:
    running = start(tmp_path, WAITS)
    assert pid_files.find("a", tmp_path / "run") == running
    assert pid_files.found(tmp_path / "run") == [running]
    processes.stop(running, tmp_path / "run", 10)
    assert not pid_files.is_alive(running)
    assert pid_files.found(tmp_path / "run") == []


def test_one_that_does_not_listen_is_killed_when_its_time_is_up(tmp_path: Path) -> None:
    running = start(tmp_path, DEAF)
    processes.stop(running, tmp_path / "run", 0.1)
    assert not pid_files.is_alive(running)


def test_a_kill_takes_the_children_in_other_sessions_too(tmp_path: Path) -> None:
    running = start(tmp_path, PARENT, lines=2)
    (child,) = psutil.Process(running.pid).children()
    processes.kill(running, tmp_path / "run")
    assert until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, 5)


def test_a_stranger_that_got_the_pid_of_a_dead_one_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", WAITS], stdout=subprocess.DEVNULL)
    earlier = psutil.Process(stranger.pid).create_time() - 60
    running = Running("a", stranger.pid, earlier, signal.SIGTERM)
    (tmp_path / "a.pid").write_text(json.dumps(vars(running)))
    assert pid_files.find("a", tmp_path) is None
    processes.stop(running, tmp_path, 1)
    processes.kill(running, tmp_path)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


KILLED_BEFORE_IT_COULD_NOTE_THE_PID = """
import os, signal, sys
from pathlib import Path
from deploy.local.process import pid_files, processes
pid_files.write = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
program = [sys.executable, "-c", "open('ran', 'w')"]
here = Path.cwd()
processes.start(processes.Program("a", program, here / "a.log", here, dict(os.environ)), here / "run")
"""


def test_a_command_killed_before_it_has_noted_the_pid_leaves_no_process_that_nobody_can_find(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", KILLED_BEFORE_IT_COULD_NOTE_THE_PID]
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == -signal.SIGKILL

    def someone_is_left() -> bool:
        return any(each.info["cwd"] == str(tmp_path) for each in psutil.process_iter(["cwd"]))

    assert until(lambda: not someone_is_left(), 10)
    assert not (tmp_path / "ran").exists()


def test_one_that_died_by_itself_is_told_from_one_that_was_ended(tmp_path: Path) -> None:
    run = tmp_path / "run"
    running = start(tmp_path, WAITS)
    assert pid_files.dead(run) == []
    os.kill(running.pid, signal.SIGKILL)
    assert until(lambda: pid_files.dead(run) == [running], 10)
    assert pid_files.find("a", run) is None
    pid_files.leave(running, run)
    assert pid_files.dead(run) == []


def test_who_ends_one_does_not_forget_another_that_was_started_meanwhile(tmp_path: Path) -> None:
    first = start(tmp_path, WAITS)
    second = start(tmp_path, WAITS, lines=2)
    processes.kill(first, tmp_path / "run")
    assert pid_files.find("a", tmp_path / "run") == second
    processes.kill(second, tmp_path / "run")


def test_a_process_listens_where_it_listens_and_not_where_a_stranger_does(tmp_path: Path) -> None:
    running = start(tmp_path, WAITS)
    with socket.create_server((HOST, 0)) as stranger:
        port = stranger.getsockname()[1]
        assert not processes.listens(running, port)
        ours = Running("b", os.getpid(), psutil.Process().create_time(), signal.SIGTERM)
        assert processes.listens(ours, port)
    processes.kill(running, tmp_path / "run")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_a_pid_file_that_makes_no_sense_names_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.pid").write_text(text)
    assert pid_files.find("a", tmp_path) is None


def test_the_end_of_a_log_is_shown_and_a_missing_one_said(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    assert "no log was written" in processes.last_lines(log)
    log.write_text("".join(f"line {number}\n" for number in range(100)))
    assert processes.last_lines(log).splitlines()[-1] == "    line 99"
    assert len(processes.last_lines(log).splitlines()) == processes.TAIL_LINES


def full_disk(pids: Path) -> None:
    """The next pid file cannot be written."""
    pids.mkdir(exist_ok=True)
    (pids / f"a.{os.getpid()}.new").symlink_to("/dev/full")


def test_a_full_disk_keeps_nobody_from_being_stopped(tmp_path: Path) -> None:
    running = start(tmp_path, WAITS)
    full_disk(tmp_path / "run")
    processes.stop(running, tmp_path / "run", 10)
    assert not pid_files.is_alive(running)
    assert pid_files.found(tmp_path / "run") == []


def test_who_cannot_be_noted_is_not_left_waiting(tmp_path: Path) -> None:
    before = psutil.Process().children()
    full_disk(tmp_path / "run")
    with pytest.raises(OSError, match="No space left"):
        start(tmp_path, WAITS)
    new = [child for child in psutil.Process().children() if child not in before]
    assert until(lambda: all(child.status() == psutil.STATUS_ZOMBIE for child in new), 10)


@pytest.mark.parametrize("later", ["database system is shut down", ""])
def test_a_full_disk_is_said_though_more_was_said_after_it(tmp_path: Path, later: str) -> None:
    log, full = tmp_path / "a.log", "FATAL:  could not write to file: No space left on device"
    log.write_text(f"ready\n{full}\n{later}\n")
    assert processes.last_line(log) == full
    log.write_text("\n".join([full, *map(str, range(processes.TAIL_LINES))]))
    assert processes.last_line(log) == str(processes.TAIL_LINES - 1)
