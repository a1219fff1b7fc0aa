"""Plain processes: the services as they are, and the peers."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.testbed.meter import Meter
from bench.testbed.stores import Ask
from bench.testbed.waiting import until
from deploy.local.house.services import is_ready
from deploy.local.process.ports import HOST, free_port
from deploy.places import ROOT

PATIENCE = 120.0


@dataclass(frozen=True)
class Service:
    """A running service: what it costs, where it says whether it is ready, and what its database holds."""

    process: subprocess.Popen[str]
    meter: Meter
    health_url: str
    log: Path
    ask: Ask

    def ready(self) -> bool:
        return is_ready(self.health_url)

    def until(self, holds: Callable[[], bool], seconds: float, what: str) -> float:
        """As `waiting.until`; RuntimeError as soon as the service has ended."""

        def lives_and_holds() -> bool:
            if self.process.poll() is not None:
                raise RuntimeError(f"the service ended with {self.process.returncode}: see {self.log}")
            return holds()

        return until(lives_and_holds, seconds, what)


def service_python() -> str:
    """The services run on what was locked for them, which is not what the peers were locked with."""
    own = ROOT / ".venv" / "bin" / "python"
    return str(own) if own.exists() else sys.executable


@contextmanager
def run_service(name: str, bootstrap: str, database_url: str, logs: Path, ask: Ask) -> Iterator[Service]:
    """The service `name`, from its start until it has stopped on SIGTERM; `ask` asks its database."""
    http = f"{HOST}:{free_port()}"
    env = {
        "EVERGREEN_KAFKA": bootstrap,
        "EVERGREEN_DATABASE": database_url,
        "EVERGREEN_HTTP": http,
    }
    with started([service_python(), "-m", f"services.{name}.app"], env, logs / f"{name}.log") as process:
        meter = Meter(process.pid)
        try:
            yield Service(process, meter, f"http://{http}/readyz", logs / f"{name}.log", ask)
        finally:
            process.terminate()
            process.wait(PATIENCE)
            meter.stop()


@contextmanager
def started(command: Sequence[str], env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[str]]:
    """A process at the root of the checkout; killed when it has not ended by itself."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def answer(module: str, arguments: Sequence[str], log: Path) -> tuple[dict[str, Any], Meter]:
    """The JSON that `python -m module` writes, and what it cost. RuntimeError when it fails."""
    with started([sys.executable, "-W", "ignore", "-m", module, *arguments], {}, log) as process:
        meter = Meter(process.pid)
        said, _ = process.communicate(timeout=PATIENCE)
        meter.stop()
    answers = [line for line in said.splitlines() if line.startswith("{")]
    if process.returncode != 0 or not answers:
        raise RuntimeError(f"{module} ended with {process.returncode} and no answer: see {log}")
    return json.loads(answers[-1]), meter
