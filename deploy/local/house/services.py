"""The services, the ticker and the supervisor as processes."""

import json
import os
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from deploy.errors import Trouble
from deploy.local.house.plan import on_free_port, port_of
from deploy.local.house.record import Process, ServiceRecord, SupervisorRecord, TickerRecord, process_name
from deploy.local.house.release import VARIABLE, release
from deploy.local.process.ports import HOST
from deploy.local.process.processes import Program
from deploy.local.process.starting import Wanted
from deploy.places import ROOT
from deploy.ticker import TICKING

TICKER, SUPERVISOR = "ticker", "supervisor"
BEGINNINGS = ("assignment", "database", "poll", "relay", "readiness")
"""What every service lacks at its start, or says nothing of the cause."""
WATCHING = "the supervisor watches"
"""What the supervisor's log says once it has begun."""


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
        lambda: "; ".join(f"{what}: {why}" for what, why in _to_be_mended(process.health_url).items()),
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
        VARIABLE: release(),
    }


def wanted_ticker(record: TickerRecord, kafka: str) -> Wanted:
    """The ticker, once Kafka has taken its first tick."""
    return _speaker(TICKER, Path(record.log), ["deploy.ticker"], {"EVERGREEN_KAFKA": kafka}, TICKING)


def wanted_supervisor(record: SupervisorRecord, directory: Path) -> Wanted:
    """The supervisor, once it watches."""
    words = ["deploy.local.supervisor", str(directory)]
    return _speaker(SUPERVISOR, Path(record.log), words, {}, WATCHING)


def _speaker(name: str, log: Path, words: list[str], env: dict[str, str], says: str) -> Wanted:
    """A module of ours that serves nothing: it is ready when its log says so."""
    before = 0

    def prepare() -> Program:
        nonlocal before
        before = len(_said(log))
        return Program(
            name, [sys.executable, "-m", *words], log, ROOT, {**os.environ, **env, VARIABLE: release()}
        )

    return Wanted(name, prepare, lambda: says.encode() in _said(log)[before:], log)


def _said(log: Path) -> bytes:
    return log.read_bytes() if log.exists() else b""


def condition(health_url: str) -> tuple[dict[str, str], dict[str, str]]:
    """What is wrong with a service and why, in its own words, nothing when it is ready; and what else should
    be known of it."""
    try:
        with urllib.request.urlopen(health_url, timeout=2) as answer:
            return {}, _told(answer.read(), "attention")
    except urllib.error.HTTPError as answer:
        with answer:
            body = answer.read()
        unsaid = {"readiness": f"{health_url} answers {answer.code}"}
        return _told(body, "not_ready") or unsaid, _told(body, "attention")
    except OSError as error:
        return {"readiness": f"{health_url} does not answer: {error}"}, {}


def _to_be_mended(health_url: str) -> dict[str, str]:
    """What is wrong with it that time alone does not mend."""
    return {what: why for what, why in condition(health_url)[0].items() if what not in BEGINNINGS}


def _told(body: bytes, name: str) -> dict[str, str]:
    with suppress(ValueError, KeyError, AttributeError):
        return {str(what): str(why) for what, why in json.loads(body)[name].items()}
    return {}


def is_ready(health_url: str) -> bool:
    """Whether the service says that it is ready."""
    return not condition(health_url)[0]
