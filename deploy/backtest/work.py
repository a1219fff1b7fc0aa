"""Pure work mapped over processes, or over machines: the same results whatever their number."""

import multiprocessing
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Protocol, TypeVar

from deploy.errors import Trouble

Job = TypeVar("Job")
Made = TypeVar("Made")
REACHED_WITHIN = "10s"


class Mapped(Protocol):
    """What each job comes to, in their order."""

    def __call__(self, work: Callable[[Job], Made], jobs: Sequence[Job]) -> Iterator[Made]: ...


def over_processes(processes: int) -> Mapped:
    """So many beside each other; in this one when there is one of them or one job."""

    def mapped(work: Callable[[Job], Made], jobs: Sequence[Job]) -> Iterator[Made]:
        if processes == 1 or len(jobs) == 1:
            yield from map(work, jobs)
            return
        # Forked where that can be done: a fresh interpreter takes half a second to import what is needed.
        way = "fork" if sys.platform == "linux" else "spawn"
        with ProcessPoolExecutor(min(processes, len(jobs)), multiprocessing.get_context(way)) as pool:
            yield from pool.map(work, jobs)

    return mapped


@contextmanager
def over_dask(scheduler: str) -> Iterator[Mapped]:
    """The workers of a Dask scheduler at an address such as tcp://10.0.0.1:8786, each in a checkout of the
    same release. Trouble when Dask is not set up here, or no scheduler answers."""
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise Trouble("--dask needs Dask: make it ready with ./evergreen setup dask") from None
    try:
        client = Client(  # type: ignore[no-untyped-call]
            scheduler, timeout=REACHED_WITHIN, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise Trouble(f"--dask {scheduler}: no scheduler answers there ({error})") from None

    def mapped(work: Callable[[Job], Made], jobs: Sequence[Job]) -> Iterator[Made]:
        for future in client.map(work, jobs, pure=False):
            yield future.result()

    with client:
        yield mapped


def most_memory() -> int:
    """Megabytes that this process and the largest of its children held at most."""
    kilobytes = sum(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return kilobytes // (1_000_000 if sys.platform == "darwin" else 1_000)
