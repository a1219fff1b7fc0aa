"""What a process and its children cost: CPU seconds at any moment of its life, and its largest memory."""

import threading
import time
from bisect import bisect_right
from dataclasses import dataclass, field

import psutil

from bench.figures import Run

EVERY = 0.02
FAMILY_EVERY = 25


@dataclass
class Meter:
    """Watches a process until it is gone or `stop` is called; moments are seconds since the epoch."""

    pid: int
    moments: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak_bytes: int = 0

    def __post_init__(self) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def run(self, events: int, first: float, last: float) -> Run:
        """What it cost (user and system, children included) until the first and until the last record."""
        before = self._cpu_at(first)
        return Run(events, self.moments[0], first, last, self._cpu_at(last) - before, before, self.peak_bytes)

    def _cpu_at(self, moment: float) -> float:
        place = bisect_right(self.moments, moment) - 1
        return self.cpu[max(place, 0)] if self.cpu else 0.0

    def _watch(self) -> None:
        try:
            process = psutil.Process(self.pid)
            turn, family = 0, [process]
            while not self._stopped.wait(EVERY):
                if turn % FAMILY_EVERY == 0:
                    family = [process, *process.children(recursive=True)]
                self._look(family)
                turn += 1
        except psutil.NoSuchProcess:
            return

    def _look(self, family: list[psutil.Process]) -> None:
        times, memory = 0.0, 0
        for place, each in enumerate(family):
            try:
                spent = each.cpu_times()
                times += spent.user + spent.system
                if place == 0:
                    times += spent.children_user + spent.children_system
                memory += each.memory_info().rss
            except psutil.NoSuchProcess:
                if place == 0:
                    raise
        self.moments.append(time.time())
        self.cpu.append(times)
        self.peak_bytes = max(self.peak_bytes, memory)
