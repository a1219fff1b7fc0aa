"""The example service as a process of its own: `python -m tests.system.service.reminder_process TOPIC`."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from deploy.local.house.metrics import summed
from deploy.local.process.ports import HOST, free_port
from deploy.places import ROOT
from shared.service.runtime import Service, run
from shared.service.stage import stage_handler
from shared.settings import Settings
from tests.shared.core.reminders import DECIDED, HEARD, reminder_stage


def spoken(topic: str) -> str:
    """The service's name, and the topic it writes."""
    return f"{topic}_said"


def service(topic: str) -> Service:
    """It hears that topic."""
    stage = replace(reminder_stage(), name=spoken(topic), ticks=frozenset({topic}))
    topics = frozenset({topic})
    return Service(stage.name, {topic: HEARD}, stage_handler(stage, DECIDED), topics, topics)


@dataclass
class Process:
    """One process of it."""

    running: subprocess.Popen[bytes]
    port: int

    def readiness(self) -> dict[str, Any]:
        """What /readyz says; nothing while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self.port}/readyz", timeout=2) as answer:
                said = answer.read()
        except urllib.error.HTTPError as error:
            said = error.read()
        except OSError:
            return {}
        found: dict[str, Any] = orjson.loads(said)
        return found

    def numbers(self) -> Mapping[str, int]:
        with urllib.request.urlopen(f"http://{HOST}:{self.port}/metrics", timeout=2) as answer:
            return summed(answer.read().decode())

    def signal(self, which: signal.Signals) -> None:
        self.running.send_signal(which)

    def stop(self) -> float:
        """SIGTERM, and how many seconds it took to end."""
        began = time.monotonic()
        self.signal(signal.SIGTERM)
        self.running.wait(30)
        return time.monotonic() - began


@contextmanager
def process(settings: Settings, log: Path, more: Mapping[str, str] | None = None) -> Iterator[Process]:
    """Started at once, killed in the end."""
    port = free_port()
    environment = {
        **os.environ,
        "EVERGREEN_KAFKA": settings.kafka,
        "EVERGREEN_DATABASE": settings.database,
        "EVERGREEN_HTTP": f"{HOST}:{port}",
        "EVERGREEN_BATCH": "20",
        **(more or {}),
    }
    argv = [sys.executable, "-m", __name__, settings.service]
    with log.open("ab") as out:
        started = subprocess.Popen(argv, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        yield Process(started, port)
    finally:
        with suppress(ProcessLookupError):
            started.kill()
        started.wait()


if __name__ == "__main__":
    run(service(sys.argv[1]))
