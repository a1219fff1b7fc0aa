"""A command that has a last word to say: kill and a terminal that closes let it, as Ctrl-C does."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


def run_cancellably(work: Coroutine[Any, Any, Result]) -> Result:
    """The work's result. A signal cancels it, a second one its last word; KeyboardInterrupt after that."""
    try:
        return asyncio.run(_cancelled_by_signals(work))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


async def _cancelled_by_signals(work: Coroutine[Any, Any, Result]) -> Result:
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGHUP):  # asyncio itself does so for SIGINT
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup's
            loop.add_signal_handler(number, task.cancel)
    return await work
