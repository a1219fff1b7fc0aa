"""Processes of their own session, found again by pid files; only what we started is ever ended."""

import errno
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.local.process import pid_files
from deploy.local.process.account import Account, rights
from deploy.local.process.deadline import until
from deploy.local.process.pid_files import Running, is_alive

TAIL_LINES = 20
FULL = os.strerror(errno.ENOSPC)
# The program begins when its pid file is written; were we killed before that, it would run as nobody's.
GATE = ("/bin/sh", "-c", 'read -r go && exec "$@" </dev/null', "sh")


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


def start(program: Program, pids: Path) -> Running:
    """Starts the program in a session of its own, output to the end of its log, and writes its pid file."""
    program.log.parent.mkdir(parents=True, exist_ok=True)
    with program.log.open("ab") as log:
        child = subprocess.Popen(
            [*GATE, *program.argv],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=program.cwd,
            env=dict(program.env),
            start_new_session=True,
            **rights(program.account),
        )
    running = Running(program.name, child.pid, psutil.Process(child.pid).create_time(), program.stop_signal)
    pid_files.children[running.pid, running.started] = child
    try:
        pid_files.write(running, pids)
    except OSError:
        child.kill()
        raise
    assert child.stdin is not None
    with suppress(BrokenPipeError), child.stdin as gate:  # broken: somebody killed it already
        gate.write(b"\n")
    return running


def environment(running: Running) -> Mapping[str, str] | None:
    """What it was started with; None where it has gone, or the system doesn't let us look."""
    try:
        return psutil.Process(running.pid).environ()
    except (psutil.Error, OSError):
        return None


def listens(running: Running, port: int) -> bool:
    """Whether this very process has the port; True where the system doesn't let us look."""
    try:
        sockets = psutil.Process(running.pid).net_connections("tcp")
    except psutil.AccessDenied:
        return True
    except psutil.NoSuchProcess:
        return False
    return any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in sockets)


def stop(running: Running, pids: Path, seconds: float) -> None:
    """Asks it to stop, and kills it when it hasn't within these seconds."""
    if is_alive(running):
        pid_files.leave(running, pids)
        _signal(running.pid, running.stop_signal)
        if not until(lambda: not is_alive(running), seconds):
            kill(running, pids)
    pid_files.forget(running, pids)


def kill(running: Running, pids: Path, seconds: float = 10.0) -> None:
    """kill -9 of the process, its group and all it started, and waits until they are gone."""
    if is_alive(running):
        pid_files.leave(running, pids)
        # Each backend of PostgreSQL has a session of its own, out of the group's reach.
        children = psutil.Process(running.pid).children(recursive=True)
        _signal(running.pid, signal.SIGKILL, group=True)
        for child in children:
            _signal(child.pid, signal.SIGKILL)
        until(lambda: not is_alive(running) and not any(map(_is_live, children)), seconds)
    pid_files.forget(running, pids)


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


def last_line(log: Path, most: int = 300) -> str:
    """What was said last, or shortly before it of a full disk; empty when nothing was.

    PostgreSQL's last word is that it is shut down, whatever it died of.
    """
    with suppress(FileNotFoundError):
        said = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
        full = [line for line in said[-TAIL_LINES:] if FULL in line]
        return (full or said)[-1][:most] if said else ""
    return ""


def last_lines(log: Path) -> str:
    """The end of a log, for an error message."""
    try:
        lines = log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
    except FileNotFoundError:
        lines = ["(no log was written)"]
    return "\n".join(f"    {line}" for line in lines)
