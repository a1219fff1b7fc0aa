"""Stopping all that was started under a directory, found by pid files alone."""

import shutil
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

from deploy.errors import Trouble
from deploy.local import processes
from deploy.local.account import elsewhere

SERVERS = ("kafka", "postgres")
SERVICE_SECONDS = 12.0
SERVER_SECONDS = 25.0


def pids(directory: Path) -> Path:
    """The folder of a house's pid files."""
    return directory / "run"


@contextmanager
def held(directory: Path) -> Iterator[None]:
    """Nobody else opens or closes this house meanwhile; ends with the process, however that ends."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as file:
        flock(file, LOCK_EX)
        yield


def patience(name: str) -> float:
    """How many seconds it gets to stop by itself."""
    return SERVER_SECONDS if name in SERVERS else SERVICE_SECONDS


def shut(directory: Path, spare: Collection[str] = ()) -> list[str]:
    """The names of what it stopped: the services first, while what they lean on still stands."""
    running = [one for one in processes.found(pids(directory)) if one.name not in spare]
    services = [one for one in running if one.name not in SERVERS]
    servers = [one for one in running if one.name in SERVERS]
    for group in (services, servers):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda one: processes.stop(one, pids(directory), patience(one.name)), group))
    return [one.name for one in running]


def forget(directory: Path) -> None:
    """Removes all that a house has on disk. Trouble while something of it runs."""
    running = processes.found(pids(directory))
    if running:
        raise Trouble(
            f"{', '.join(one.name for one in running)} of {directory} still run: stop the house first (down)"
        )
    shutil.rmtree(elsewhere(directory), ignore_errors=True)
    shutil.rmtree(directory, ignore_errors=True)


def empty(directory: Path) -> None:
    """Removes the data of a closed house whose lock we hold: all but the lock itself."""
    shutil.rmtree(elsewhere(directory), ignore_errors=True)
    for path in directory.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != "lock":
            path.unlink()
