"""The services and the ticker as processes."""

import os
import sys
import urllib.request
from pathlib import Path
from threading import Event

from deploy.errors import Trouble
from deploy.local.house.plan import on_free_port, port_of
from deploy.local.house.record import ServiceRecord, TickerRecord
from deploy.local.process import pid_files
from deploy.local.process.ports import HOST
from deploy.local.process.processes import Program
from deploy.local.process.starting import Wanted, raise_up
from deploy.places import ROOT
from deploy.ticker import TICKING

TICKER = "ticker"


def launch(name: str, record: ServiceRecord, kafka: str, pids: Path, closing: Event) -> None:
    """Starts the service unless it runs, and waits until it is ready; Trouble when it will not be."""
    if not (ROOT / "services" / name / "app.py").exists():
        raise Trouble(f"service {name} can't be started: there is no services/{name}/app.py")

    def prepare() -> Program:
        record.health_url = on_free_port(record.health_url)
        record.metrics_url = record.health_url.replace("/readyz", "/metrics")
        argv = [sys.executable, "-m", f"services.{name}.app"]
        return Program(name, argv, Path(record.log), ROOT, _environment(record, kafka))

    def ports() -> list[int]:
        return [port_of(record.health_url)]

    ready = Wanted(name, prepare, lambda: is_ready(record.health_url), Path(record.log), ports)
    raise_up(ready, pids, closing)


def _environment(record: ServiceRecord, kafka: str) -> dict[str, str]:
    return {
        **os.environ,
        **record.env,
        "EVERGREEN_KAFKA": kafka,
        "EVERGREEN_DATABASE": record.database_url,
        "EVERGREEN_HTTP": f"{HOST}:{port_of(record.health_url)}",
    }


def launch_ticker(record: TickerRecord, kafka: str, pids: Path, closing: Event) -> None:
    """Starts the ticker unless it runs, and waits until Kafka has taken its first tick."""
    log = Path(record.log)
    spoken = len(_said(log))

    def prepare() -> Program:
        argv = [sys.executable, "-m", "deploy.ticker"]
        return Program(TICKER, argv, log, ROOT, {**os.environ, "EVERGREEN_KAFKA": kafka})

    def ticks() -> bool:
        return TICKING.encode() in _said(log)[spoken:]

    running = pid_files.find(TICKER, pids) is not None
    raise_up(Wanted(TICKER, prepare, (lambda: True) if running else ticks, log), pids, closing)


def _said(log: Path) -> bytes:
    return log.read_bytes() if log.exists() else b""


def is_ready(health_url: str) -> bool:
    """Whether the service says that it is ready."""
    try:
        with urllib.request.urlopen(health_url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
