"""The services and the ticker as processes."""

import os
import sys
import urllib.request
from pathlib import Path

from deploy.errors import Trouble
from deploy.local.house.plan import on_free_port, port_of
from deploy.local.house.record import Process, ServiceRecord, TickerRecord, process_name
from deploy.local.process.ports import HOST
from deploy.local.process.processes import Program
from deploy.local.process.starting import Wanted
from deploy.places import ROOT
from deploy.ticker import TICKING

TICKER = "ticker"


def wanted_service(name: str, record: ServiceRecord, number: int, kafka: str) -> Wanted:
    """One process of the service, the first being number 1. Trouble when nobody wrote that service."""
    if not (ROOT / "services" / name / "app.py").exists():
        raise Trouble(f"service {name} can't be started: there is no services/{name}/app.py")
    process = record.processes(name)[process_name(name, number)]

    def prepare() -> Program:
        argv = [sys.executable, "-m", f"services.{name}.app"]
        env = _environment(record, process, number, kafka)
        return Program(process_name(name, number), argv, Path(process.log), ROOT, env)

    def move() -> None:
        process.health_url = on_free_port(process.health_url)
        process.metrics_url = process.health_url.replace("/readyz", "/metrics")

    return Wanted(
        process_name(name, number),
        prepare,
        lambda: is_ready(process.health_url),
        Path(process.log),
        lambda: [port_of(process.health_url)],
        move,
    )


def _environment(record: ServiceRecord, process: Process, number: int, kafka: str) -> dict[str, str]:
    return {
        **os.environ,
        **record.env,
        "EVERGREEN_KAFKA": kafka,
        "EVERGREEN_DATABASE": record.database_url,
        "EVERGREEN_HTTP": f"{HOST}:{port_of(process.health_url)}",
        # A member of the group that Kafka knows again: killed and started again, it has its share at once.
        "EVERGREEN_INSTANCE": str(number),
    }


def wanted_ticker(record: TickerRecord, kafka: str) -> Wanted:
    """The ticker, once Kafka has taken its first tick."""
    log = Path(record.log)
    before = 0

    def prepare() -> Program:
        nonlocal before
        before = len(_said(log))
        argv = [sys.executable, "-m", "deploy.ticker"]
        return Program(TICKER, argv, log, ROOT, {**os.environ, "EVERGREEN_KAFKA": kafka})

    def ticks() -> bool:
        return TICKING.encode() in _said(log)[before:]

    return Wanted(TICKER, prepare, ticks, log)


def _said(log: Path) -> bytes:
    return log.read_bytes() if log.exists() else b""


def is_ready(health_url: str) -> bool:
    """Whether the service says that it is ready."""
    try:
        with urllib.request.urlopen(health_url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
