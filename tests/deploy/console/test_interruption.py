"""Whatever ends a command, its work is cancelled and may say its last word."""

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from deploy.console.interruption import run_cancellably
from deploy.evergreen import guarded

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_lets_the_work_say_its_last_word(number: signal.Signals) -> None:
    said = []

    async def work() -> int:
        os.kill(os.getpid(), number)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            said.append("closed")
            raise
        return 0

    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    assert guarded(lambda: run_cancellably(work()), "play") == 130
    assert said == ["closed"]


def test_a_second_one_ends_also_what_it_does_then() -> None:
    async def work() -> int:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.Event().wait()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.Event().wait()
        return 0

    assert guarded(lambda: run_cancellably(work()), "play") == 130


def test_without_a_signal_there_is_a_result() -> None:
    async def work() -> str:
        return "done"

    assert run_cancellably(work()) == "done"
