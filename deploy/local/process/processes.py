"""Processes of their own session, found again by pid files; only what we started is ever ended."""

import atexit
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from deploy.local.process.account import Account, rights
from deploy.local.process.deadline import until

TAIL_LINES = 20
# psutil reads the start from the boot time, which the kernel may shift by a moment when the clock is set.
SAME_START_SECONDS = 3.0
_children: dict[int, subprocess.Popen[bytes]] = {}


@atexit.register
def _reap() -> None:
    """Those that have ended are taken note of; the others are meant to outlive this process."""
    for child in _children.values():
        child.poll()


@dataclass(frozen=True)
class Program:
    """What to run: where its log and pid file go, as whom, and which signal asks it to stop."""

    name: str
    argv: Sequence[str]
    log: Path
    cwd: Path
    env: Mapping[str, str]
    account: Account | None = None
    stop_signal: int = signal.SIGTERM


@dataclass(frozen=True)
class Running:
    """A process we started; its start (seconds since the epoch) tells it from a later one with its pid."""

    name: str
    pid: int
    started: float
    stop_signal: int


def start(program: Program, pids: Path) -> Running:
    """Starts the program in a session of its own, output to the end of its log, and writes its pid file."""
    program.log.parent.mkdir(parents=True, exist_ok=True)
    with program.log.open("ab") as log:
        child = subprocess.Popen(
            program.argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=program.cwd,
            env=dict(program.env),
            start_new_session=True,
            **rights(program.account),
        )
    _children[child.pid] = child
    running = Running(program.name, child.pid, psutil.Process(child.pid).create_time(), program.stop_signal)
    _write(pids / f"{program.name}.pid", running)
    return running


def _write(path: Path, running: Running) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(running)))
    fresh.replace(path)


def find(name: str, pids: Path) -> Running | None:
    """The process of this name if it still runs; a pid file left by a dead one is removed."""
    path = pids / f"{name}.pid"
    try:
        running = Running(**json.loads(path.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    if is_alive(running):
        return running
    path.unlink(missing_ok=True)
    return None


def found(pids: Path) -> list[Running]:
    """Everything started under this directory that still runs, the latest first."""
    each = (find(path.stem, pids) for path in pids.glob("*.pid"))
    return sorted((one for one in each if one), key=lambda one: -one.started)


def is_alive(running: Running) -> bool:
    """Whether this very process runs; a zombie or another process with its pid does not count."""
    child = _children.get(running.pid)
    if child is not None and child.poll() is not None:
        return False
    try:
        process = psutil.Process(running.pid)
        same = abs(process.create_time() - running.started) < SAME_START_SECONDS
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def stop(running: Running, pids: Path, seconds: float) -> None:
    """Asks it to stop, and kills it when it hasn't within these seconds."""
    if is_alive(running):
        _signal(running.pid, running.stop_signal)
        if not until(lambda: not is_alive(running), seconds):
            kill(running, pids)
    (pids / f"{running.name}.pid").unlink(missing_ok=True)


def kill(running: Running, pids: Path, seconds: float = 10.0) -> None:
    """kill -9 of the process, its group and all it started, and waits until they are gone."""
    if is_alive(running):
        # Each backend of PostgreSQL has a session of its own, out of the group's reach.
        children = psutil.Process(running.pid).children(recursive=True)
        _signal(running.pid, signal.SIGKILL, group=True)
        for child in children:
            _signal(child.pid, signal.SIGKILL)
        until(lambda: not is_alive(running) and not any(map(_is_live, children)), seconds)
    (pids / f"{running.name}.pid").unlink(missing_ok=True)


def _is_live(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _signal(pid: int, number: int, group: bool = False) -> None:
    try:
        os.killpg(pid, number) if group else os.kill(pid, number)
    except ProcessLookupError:
        # It ended by itself meanwhile, which is what was wanted.
        return


def last_lines(log: Path) -> str:
    """The end of a log, for an error message."""
    try:
        lines = log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
    except FileNotFoundError:
        lines = ["(no log was written)"]
    return "\n".join(f"    {line}" for line in lines)
