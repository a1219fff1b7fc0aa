"""Pid files: what we started and how it is found again, by whichever command, whatever happened meanwhile."""

import atexit
import json
import os
import subprocess
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import psutil

# psutil reads the start from the boot time, which the kernel may shift by a moment when the clock is set.
SAME_START_SECONDS = 3.0
children: dict[tuple[int, float], subprocess.Popen[bytes]] = {}


@atexit.register
def _reap() -> None:
    """Those that have ended are taken note of; the others are meant to outlive this process."""
    for child in children.values():
        child.poll()


@dataclass(frozen=True)
class Running:
    """A process we started; its start (seconds since the epoch) tells it from a later one with its pid.

    `leaving`: it is being ended by us. One that is dead and was not leaving has died by itself.
    """

    name: str
    pid: int
    started: float
    stop_signal: int
    leaving: bool = False


def write(running: Running, pids: Path) -> None:
    """Whole or not at all, whoever reads it meanwhile."""
    pids.mkdir(parents=True, exist_ok=True)
    fresh = pids / f"{running.name}.{os.getpid()}.new"
    fresh.write_text(json.dumps(asdict(running)))
    fresh.replace(pids / f"{running.name}.pid")


def known(name: str, pids: Path) -> Running | None:
    """The last process of this name that was not ended by us to its end, alive or dead."""
    try:
        return Running(**json.loads((pids / f"{name}.pid").read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def find(name: str, pids: Path) -> Running | None:
    """The process of this name if it still runs.

    The pid file of a dead one stays: removed here, it might be that of the next, written meanwhile.
    """
    running = known(name, pids)
    return running if running and is_alive(running) else None


def found(pids: Path) -> list[Running]:
    """Everything started under this directory that still runs, the latest first."""
    each = (find(path.stem, pids) for path in pids.glob("*.pid"))
    return sorted((one for one in each if one), key=lambda one: -one.started)


def dead(pids: Path) -> list[Running]:
    """Those that have died by themselves: nobody was ending them."""
    each = (known(path.stem, pids) for path in sorted(pids.glob("*.pid")))
    return [one for one in each if one and not one.leaving and not is_alive(one)]


def is_alive(running: Running) -> bool:
    """Whether this very process runs; a zombie or another process with its pid does not count."""
    child = children.get((running.pid, running.started))
    if child is not None and child.poll() is not None:
        return False
    try:
        process = psutil.Process(running.pid)
        same = abs(process.create_time() - running.started) < SAME_START_SECONDS
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def forget(running: Running, pids: Path) -> None:
    """Removes its pid file, unless another process of its name has been started since."""
    if _is_latest(running, pids):
        (pids / f"{running.name}.pid").unlink(missing_ok=True)


def leave(running: Running, pids: Path) -> None:
    """Noted before it dies, so that nobody who sees it dead starts it again.

    On a full disk it is not noted, and ended all the same: whoever ends it holds the house meanwhile.
    """
    if _is_latest(running, pids):
        with suppress(OSError):
            write(replace(running, leaving=True), pids)


def _is_latest(running: Running, pids: Path) -> bool:
    last = known(running.name, pids)
    return last is not None and (last.pid, last.started) == (running.pid, running.started)
