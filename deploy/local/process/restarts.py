"""How often a part of a house was started again, and how long to wait before the next time.

Moments are seconds since the epoch, and arguments.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

FILE = "restarts.json"
FIRST, LIMIT = 1.0, 60.0
LIVED = 60.0
"""Whoever lived so long did not die of being started: the waits begin anew."""


@dataclass(frozen=True, slots=True)
class Restarts:
    """Of one part since `up`: how many, when the last was, when the next is due, and what it died with."""

    count: int = 0
    deaths: int = 0
    last: float | None = None
    due: float | None = None
    why: str = ""

    def died(self, now: float, why: str) -> "Restarts":
        """Once is started again at once; who dies soon after that waits, twice as long each time."""
        soon = self.last is not None and now - self.last < LIVED
        deaths = self.deaths + 1 if soon or self.due is not None else 1
        pause = min(LIMIT, FIRST * 2.0 ** min(deaths - 2, 10)) if deaths > 1 else 0.0
        return replace(self, deaths=deaths, due=now + pause, why=why)

    def started(self, now: float) -> "Restarts":
        return replace(self, count=self.count + 1, last=now, due=None)

    def dismissed(self) -> "Restarts":
        """Somebody else started it, or wanted it stopped."""
        return replace(self, due=None, why="")


def read(pids: Path) -> dict[str, Restarts]:
    """By the part's name; nothing when nothing has been noted, or not so that it can be read."""
    try:
        return {name: Restarts(**each) for name, each in json.loads((pids / FILE).read_text()).items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}


def write(pids: Path, restarts: Mapping[str, Restarts]) -> None:
    """Whole or not at all, whoever reads it meanwhile."""
    fresh = pids / f"{FILE}.{os.getpid()}.new"
    fresh.write_text(json.dumps({name: asdict(each) for name, each in restarts.items()}))
    fresh.replace(pids / FILE)


def forget(pids: Path) -> None:
    (pids / FILE).unlink(missing_ok=True)
