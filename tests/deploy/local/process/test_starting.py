"""Between the choice of a port and its use somebody else may take it."""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from deploy.errors import Trouble
from deploy.local.process import pid_files, processes, starting
from deploy.local.process.ports import HOST, free_port, is_free, is_listening
from deploy.local.process.processes import Program
from deploy.local.process.starting import READY_SECONDS, TRIES, Unready, Wanted, raise_up

SERVES = "import socket, time; s = socket.create_server(('{host}', {port})); time.sleep(60)"
HESITATES = "import time; time.sleep(60)"


class Server:
    """It wants a port, which strangers take, so many times, just before it can."""

    def __init__(self, folder: Path, code: str, strangers: int) -> None:
        self.folder, self.code, self.strangers, self.port = folder, code, strangers, free_port()
        self.taken = ExitStack()

    def prepare(self) -> Program:
        self.port = self.port if is_free(self.port) else free_port()
        if self.strangers:
            self.strangers -= 1
            self.taken.enter_context(socket.create_server((HOST, self.port)))
        argv = [sys.executable, "-c", self.code.format(host=HOST, port=self.port)]
        return Program("a", argv, self.folder / "a.log", self.folder, dict(os.environ))

    def start(self, is_ready: Callable[[], bool] | None = None, says: Callable[[], str] = lambda: "") -> None:
        serves = is_ready or (lambda: is_listening(self.port))
        log = self.folder / "a.log"
        wanted = Wanted("a", self.prepare, serves, log, lambda: [self.port], says=says)
        with self.taken:
            raise_up(wanted, self.folder / "run", Event())


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for running in pid_files.found(tmp_path / "run"):
        processes.kill(running, tmp_path / "run")


def test_a_port_that_is_taken_in_the_last_moment_leads_to_another(folder: Path) -> None:
    server = Server(folder, SERVES, strangers=TRIES - 1)
    server.start()
    running = pid_files.find("a", folder / "run")
    assert running
    assert processes.listens(running, server.port)


def test_one_that_never_gets_a_port_is_given_up_with_its_last_words(folder: Path) -> None:
    with pytest.raises(
        Trouble, match=r"(?s)a (ended while it started|can't have port).*Address already in use"
    ):
        Server(folder, SERVES, strangers=TRIES).start()


def test_a_stranger_that_answers_in_its_place_is_not_taken_for_it(folder: Path) -> None:
    with pytest.raises(Trouble, match=r"a can't have port \d+, another program listens there"):
        Server(folder, HESITATES, strangers=TRIES).start()


def test_one_that_was_told_to_stop_is_not_taken_for_one_that_runs(folder: Path) -> None:
    """Whoever told it was killed before it had gone."""
    server = Server(folder, SERVES, strangers=0)
    server.start()
    first = pid_files.find("a", folder / "run")
    assert first
    pid_files.leave(first, folder / "run")
    server.start()
    second = pid_files.find("a", folder / "run")
    assert second
    assert second.pid != first.pid


def test_one_that_goes_on_saying_what_is_to_be_mended_is_not_waited_for(folder: Path) -> None:
    began = monotonic()
    with pytest.raises(Unready, match="a runs and is not ready: position: disagrees"):
        Server(folder, SERVES, strangers=0).start(lambda: False, lambda: "position: disagrees")
    assert monotonic() - began < READY_SECONDS / 2
    assert pid_files.find("a", folder / "run")


def test_what_one_says_for_a_moment_alone_is_waited_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "SAYING_SECONDS", 1.0)
    looks = 0

    def is_ready() -> bool:
        nonlocal looks
        looks += 1
        return looks > 40

    Server(folder, SERVES, strangers=0).start(is_ready, lambda: "held: a moment" if looks % 2 else "")
