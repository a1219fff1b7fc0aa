"""Pure work mapped over processes: the same results whatever their number."""

import multiprocessing
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Job = TypeVar("Job")
Made = TypeVar("Made")


def mapped(work: Callable[[Job], Made], jobs: Sequence[Job], processes: int) -> Iterator[Made]:
    """What each job comes to, in their order; one at a time in this process when there is one of either."""
    if processes == 1 or len(jobs) == 1:
        yield from map(work, jobs)
        return
    # Forked where that can be done: a fresh interpreter takes half a second to import what is needed.
    way = "fork" if sys.platform == "linux" else "spawn"
    with ProcessPoolExecutor(min(processes, len(jobs)), multiprocessing.get_context(way)) as pool:
        yield from pool.map(work, jobs)


def most_memory() -> int:
    """Megabytes that this process and the largest of its children held at most."""
    kilobytes = sum(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return kilobytes // (1_000_000 if sys.platform == "darwin" else 1_000)
