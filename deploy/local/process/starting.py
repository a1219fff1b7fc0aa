"""Starting a program and waiting until it is of use, or telling why it is not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

from deploy.errors import Trouble
from deploy.local.process import pid_files, processes
from deploy.local.process.deadline import until
from deploy.local.process.pid_files import Running
from deploy.local.process.ports import is_free, is_listening
from deploy.local.process.processes import Program

READY_SECONDS = 60.0
SAYING_SECONDS = 5.0
"""What it says so long on end, no more waiting mends; what is said for a moment as it joins others passes."""
LEAVING_SECONDS = 25.0
# Between the choice of a port and its use somebody else may take it.
TRIES = 4


class Unready(Trouble):
    """It runs, and says itself what keeps it from being of use: somebody must mend that while it runs."""


@dataclass(frozen=True)
class Wanted:
    """A program that is to be of use: its name, what makes it runnable, and how one sees that it is ready.

    `ports` are those it is to listen on; `move` chooses others where a stranger has them; `says` is what it
    says of itself while it is not ready, beyond what every start begins with.
    """

    name: str
    prepare: Callable[[], Program]
    is_ready: Callable[[], bool]
    log: Path
    ports: Callable[[], Sequence[int]] = tuple
    move: Callable[[], None] = lambda: None
    says: Callable[[], str] = str


def raise_up(wanted: Wanted, pids: Path, closing: Event) -> None:
    """Starts it unless it runs, and waits until it is ready. Trouble has its log's end when it won't be."""
    running = pid_files.find(wanted.name, pids)
    if running and not running.leaving:
        _attend(wanted, running, closing)
        return
    if running:
        # Whoever told it to stop did not wait for it: a moment later it would be gone.
        processes.stop(running, pids, LEAVING_SECONDS)
    for tries_left in reversed(range(TRIES)):
        try:
            _raise(wanted, pids, closing)
            return
        except Unready:
            raise
        except Trouble:
            taken = not all(is_free(port) for port in wanted.ports())
            if closing.is_set() or not taken or not tries_left:
                raise


def _raise(wanted: Wanted, pids: Path, closing: Event) -> None:
    wanted.move()
    program = wanted.prepare()
    if closing.is_set():
        raise Trouble(f"{wanted.name} was not started: the house is closing")
    running = processes.start(program, pids)
    try:
        _attend(wanted, running, closing)
    except Unready:
        raise
    except Trouble:
        processes.kill(running, pids)
        raise


def _attend(wanted: Wanted, running: Running, closing: Event) -> None:
    ready, robbed, silent = False, 0, monotonic()

    def settled() -> bool:
        nonlocal ready, robbed, silent
        # A stranger's server would answer on our port too, while ours is about to die of it.
        ready = all(processes.listens(running, port) for port in wanted.ports()) and wanted.is_ready()
        # Kafka takes ten seconds to die of that; once might have been the moment before ours listened.
        robbed = robbed + 1 if any(_is_strangers(port, running) for port in wanted.ports()) else 0
        if ready or robbed > 2 or closing.is_set() or not pid_files.is_alive(running):
            return True
        silent = silent if wanted.says() else monotonic()
        return monotonic() - silent > SAYING_SECONDS

    until(settled, READY_SECONDS, every=0.05)
    if not (ready and pid_files.is_alive(running)):
        if not closing.is_set() and (said := wanted.says()):
            raise Unready(f"{wanted.name} runs and is not ready: {said}")
        raise Trouble(_complaint(wanted, running, closing))


def _is_strangers(port: int, running: Running) -> bool:
    if processes.listens(running, port):
        return False
    return is_listening(port) and not processes.listens(running, port)


def _complaint(wanted: Wanted, running: Running, closing: Event) -> str:
    if closing.is_set():
        return f"{wanted.name} was given up while it started: the house is closing"
    what = "ended while it started"
    if pid_files.is_alive(running):
        taken = [str(port) for port in wanted.ports() if _is_strangers(port, running)]
        what = f"was not ready within {READY_SECONDS:.0f} s"
        what = f"can't have port {', '.join(taken)}, another program listens there" if taken else what
    return f"{wanted.name} {what}; the end of {wanted.log}:\n{processes.last_lines(wanted.log)}"
