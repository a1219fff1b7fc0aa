"""An interruption that lets the work end well."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
SIGNALS = (signal.SIGINT, signal.SIGTERM)


async def interruptible(work: Coroutine[Any, Any, T]) -> T:
    """Its result. SIGINT and SIGTERM cancel it, and what it does then too; KeyboardInterrupt when they did.

    Otherwise a SIGTERM would end every task of the loop at once, the producer's own included, by which the
    work has its last word.
    """
    loop, task, interrupted = asyncio.get_running_loop(), asyncio.ensure_future(work), False

    def interrupt() -> None:
        nonlocal interrupted
        interrupted = True
        task.cancel()

    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        loop.add_signal_handler(number, interrupt)
    try:
        return await task
    except asyncio.CancelledError:
        if interrupted:
            raise KeyboardInterrupt from None
        raise
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number])
