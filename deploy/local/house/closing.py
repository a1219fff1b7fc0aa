"""Stopping all that was started under a directory, found by pid files alone."""

import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Any

from deploy.errors import Trouble
from deploy.local.house.record import FILE, parts, read, write
from deploy.local.process import pid_files, processes, restarts
from deploy.local.process.account import elsewhere

FOLDERS = ("kafka", "postgres", "programs", "logs", "run", "secrets")
SERVERS = ("kafka", "postgres")
SERVICE_SECONDS = 12.0
SERVER_SECONDS = 25.0


def pids(directory: Path) -> Path:
    """The folder of a house's pid files."""
    return directory / "run"


@contextmanager
def held(directory: Path, tell: Callable[[str], None] = print) -> Iterator[None]:
    """Nobody else opens or closes this house meanwhile; ends with the process, however that ends.

    Trouble where others' folders would be taken for a house's, and removed with it.
    """
    others = [name for name in FOLDERS if (directory / name).exists()]
    if others and not _is_house(directory):
        raise Trouble(f"{directory} is no house, and has a folder {others[0]}: choose another (--directory)")
    with _locked(directory / "lock", tell):
        yield


def _is_house(directory: Path) -> bool:
    """Whether one was opened there, though it be a killed start's or have lost its record."""
    marks = (directory / "lock", directory / FILE, elsewhere(directory), *directory.glob(f".{FILE}.*"))
    data = (directory / server / "data" for server in SERVERS)
    return any(mark.exists() for mark in (*marks, *data))


@contextmanager
def _locked(path: Path, tell: Callable[[str], None]) -> Iterator[None]:
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as file:
            try:
                flock(file, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                tell(f"waiting for another command that is opening or closing the house at {path.parent}")
                flock(file, LOCK_EX)
            # Whoever had it may have forgotten the house, this file included.
            if path.exists() and os.fstat(file.fileno()).st_ino == path.stat().st_ino:
                yield
                return


def patience(name: str) -> float:
    """How many seconds it gets to stop by itself."""
    return SERVER_SECONDS if name in SERVERS else SERVICE_SECONDS


def stop(directory: Path, name: str) -> None:
    """Stops this part of the house, if it runs."""
    running = pid_files.find(name, pids(directory))
    if running:
        processes.stop(running, pids(directory), patience(name))


def shut(directory: Path, spare: Collection[str] = ()) -> list[str]:
    """The names of what it stopped: the services first, while what they lean on still stands."""
    running = [one for one in pid_files.found(pids(directory)) if one.name not in spare]
    ours = (*SERVERS, "supervisor")
    watching = [one for one in running if one.name == "supervisor"]
    services = [one for one in running if one.name not in ours]
    servers = [one for one in running if one.name in SERVERS]
    for group in (watching, services, servers):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda one: processes.stop(one, pids(directory), patience(one.name)), group))
    dismiss(directory, spare)
    if not spare:
        restarts.forget(pids(directory))
    return [one.name for one in running]


def dismiss(directory: Path, spare: Collection[str]) -> None:
    """What died is not wanted back, but for those spared."""
    for one in pid_files.dead(pids(directory)):
        if one.name not in spare:
            pid_files.forget(one, pids(directory))


def bring_down(directory: Path) -> list[str]:
    """The names of what it stopped; house.json is brought up to date where it can be read."""
    if not directory.exists():
        return []
    with held(directory):
        stopped = shut(directory)
        with suppress(Trouble, OSError):  # a full disk takes nothing, and what was stopped is stopped
            save(read(directory))
    return stopped


def save(record: Mapping[str, Any]) -> None:
    """Writes house.json, with the pids that run now."""
    look(record)
    kept = {name: part for name, part in record.items() if not name.startswith("_") and name != "unready"}
    write(record["directory"], kept)


def look(record: Mapping[str, Any]) -> None:
    """Notes in the record which of its parts run now."""
    for name, part in parts(record).items():
        running = pid_files.find(name, pids(record["directory"]))
        part.pid = running.pid if running else None


def forget(directory: Path) -> None:
    """Removes all that a house has on disk, and its directory when that is all. Trouble while it runs."""
    if not directory.exists() and not elsewhere(directory).exists():
        return
    with held(directory):
        running = ", ".join(one.name for one in pid_files.found(pids(directory)))
        if running:
            raise Trouble(f"{running} of {directory} still run: stop the house first (down)")
        empty(directory)
        (directory / "lock").unlink(missing_ok=True)
        with suppress(OSError):
            directory.rmdir()


def empty(directory: Path) -> None:
    """Removes the data of a closed house, and nothing else there: a demo's pictures lie beside it."""
    for file in (directory / FILE, *directory.glob(f".{FILE}.*")):
        file.unlink(missing_ok=True)
    for name in FOLDERS:
        shutil.rmtree(directory / name, ignore_errors=True)
    shutil.rmtree(elsewhere(directory), ignore_errors=True)
