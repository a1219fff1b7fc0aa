"""Watches a house that `up` opened: what of it dies is started again, at once, then ever more slowly.

`python -m deploy.local.supervisor DIRECTORY`, until SIGTERM. It sees by the pid files who died:
one that was stopped on purpose has none, or is marked in it. It starts anything only while no other command
opens or closes the house, so `down` and `up` need not fear it.
"""

import logging
import os
import signal
import sys
import time
from pathlib import Path
from threading import Event

from deploy.errors import Trouble
from deploy.local.house.closing import held, pids
from deploy.local.house.services import SUPERVISOR, WATCHING
from deploy.local.process import pid_files, restarts
from deploy.local.process.processes import last_line
from deploy.local.process.restarts import Restarts
from shared.observe.logs import start_logging

EVERY = 0.5
log = logging.getLogger(__name__)


class _Busy(Exception):
    """Another command opens or closes the house: it knows better what is to run."""


def watch(directory: Path, stop: Event) -> None:
    """Until told to stop, or until another one watches this house."""
    seen = restarts.read(pids(directory))
    log.info("%s %s", WATCHING, directory)
    while _is_ours(directory) and not stop.wait(EVERY):
        after = _mended(directory, _noticed(directory, seen, time.time()))
        if after != seen:
            _note(directory, after)
        seen = after


def _note(directory: Path, after: dict[str, Restarts]) -> None:
    """For `status`. A full disk ends Kafka and PostgreSQL, too, and who is to start them again must live."""
    try:
        restarts.write(pids(directory), after)
    except OSError as error:
        log.warning("who was started again could not be noted: %s", error)


def _is_ours(directory: Path) -> bool:
    own = pid_files.known(SUPERVISOR, pids(directory))
    return own is not None and own.pid == os.getpid()


def _fallen(directory: Path) -> set[str]:
    return {one.name for one in pid_files.dead(pids(directory))} - {SUPERVISOR}


def _noticed(directory: Path, seen: dict[str, Restarts], now: float) -> dict[str, Restarts]:
    """Who has died since, and who is nobody's business any more."""
    fallen = _fallen(directory)
    after = {
        name: one if name in fallen or one.due is None else one.dismissed() for name, one in seen.items()
    }
    for name in sorted(fallen):
        known = after.get(name, Restarts())
        if known.due is None:
            after[name] = known.died(now, last_line(directory / "logs" / f"{name}.log"))
            _tell_death(name, after[name], now)
    return after


def _tell_death(name: str, one: Restarts, now: float) -> None:
    assert one.due is not None
    log.warning("%s died, and is started again in %.0f s (times so far: %d)", name, one.due - now, one.count)


def _mended(directory: Path, seen: dict[str, Restarts]) -> dict[str, Restarts]:
    """Those whose time has come are started; none while another command is at work."""
    after = dict(seen)
    for name, one in seen.items():
        if one.due is not None and one.due <= time.time():
            try:
                if _start(directory, name):
                    after[name] = one.started(time.time())
            except _Busy:
                break
            except (Trouble, OSError) as error:
                after[name] = one.died(time.time(), str(error))
                log.warning("%s could not be started: %s", name, error)
    return after


def _start(directory: Path, name: str) -> bool:
    """Whether it was still to be started, and was. Whether it gets ready, `status` says."""
    # Here, not above: watching needs none of what starting does, and is to be small.
    from deploy.local.house.house import House

    with held(directory, _give_up):
        if name not in _fallen(directory):
            return False
        House.load(directory).revive(name)
    return True


def _give_up(_: str) -> None:
    raise _Busy


def main() -> None:
    """As the house starts it."""
    start_logging(SUPERVISOR)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    watch(Path(sys.argv[1]), stop)


if __name__ == "__main__":
    main()
