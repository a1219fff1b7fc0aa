"""house.json: where everything of a house is, for programs."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import get_ident
from typing import Any
from urllib.parse import quote

from deploy.errors import Trouble
from deploy.security.rights import ADMIN

FILE = "house.json"
WALL, LOG = "wall", "log"


@dataclass
class KafkaRecord:
    """The broker; pid is null when it does not run or is not ours.

    `secrets` is the folder that holds the password of each principal in a file of its name, null where Kafka
    asks for none.
    """

    bootstrap: str
    controller: str | None = None
    external: bool = False
    data: str | None = None
    log: str | None = None
    pid: int | None = None
    secrets: str | None = None

    @property
    def address(self) -> str:
        """As one who may do everything (shared/kafka.py)."""
        return self.address_as(ADMIN)

    def address_as(self, principal: str) -> str:
        """As a principal of deploy/provisioning/topics.yaml, where Kafka asks who one is."""
        if self.secrets is None:
            return self.bootstrap
        file = quote(f"{self.secrets}/{principal}")
        # The broker must know one before it can be told of others, which are kept by SCRAM.
        how = "&mechanism=PLAIN" if principal == ADMIN else ""
        return f"sasl_plaintext://{principal}@{self.bootstrap}?password_file={file}{how}"


@dataclass
class PostgresRecord:
    """The database server, as its administrator; pid is null when it does not run or is not ours."""

    admin_url: str = field(repr=False)
    external: bool = False
    data: str | None = None
    log: str | None = None
    pid: int | None = None


@dataclass
class ReplicaRecord:
    """A process of a service beside its first; pid is null when it does not run."""

    health_url: str
    metrics_url: str
    log: str
    pid: int | None = None


@dataclass
class ServiceRecord:
    """One service, its database and its first process; pid is null when that does not run."""

    database_url: str = field(repr=False)
    owner_url: str = field(repr=False)
    health_url: str
    metrics_url: str
    log: str
    pid: int | None = None
    env: dict[str, str] = field(default_factory=dict)
    replicas: list[ReplicaRecord] = field(default_factory=list)

    def processes(self, name: str) -> "dict[str, Process]":
        """All of them by the names of their pid files and logs."""
        every: list[Process] = [self, *self.replicas]
        return {process_name(name, number): each for number, each in enumerate(every, start=1)}


Process = ServiceRecord | ReplicaRecord


def process_name(service: str, number: int) -> str:
    """insight for the first process of insight, insight-2 for the second."""
    return service if number == 1 else f"{service}-{number}"


@dataclass
class TickerRecord:
    """The wall clock as a source. `clock` is wall: it is to tick; log: sources alone say how late it is."""

    log: str
    clock: str = LOG
    pid: int | None = None


@dataclass
class SupervisorRecord:
    """Who starts again what died. `watches`: it is to run."""

    log: str
    watches: bool = False
    pid: int | None = None


def parts(record: Mapping[str, Any]) -> dict[str, Any]:
    """Whatever of a house may run as a process of its own, by the name of its pid file."""
    processes: dict[str, Process] = {}
    for name, service in record["services"].items():
        processes |= service.processes(name)
    others = {name: record[name] for name in ("kafka", "postgres", "ticker", "supervisor")}
    return {**others, **processes}


def write(directory: Path, record: Mapping[str, Any]) -> None:
    """Readable by its owner alone, since it holds passwords; a reader never sees half of it."""
    fresh = directory / f".{FILE}.{os.getpid()}.{get_ident()}"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(record, file, indent=2, default=_plain)
        file.write("\n")
    fresh.replace(directory / FILE)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Path) else vars(value)


def read(path: Path) -> dict[str, Any]:
    """The record at this path or in this directory, its parts as records; Trouble when there is none."""
    file = path / FILE if path.is_dir() else path
    try:
        record = json.loads(file.read_text())
        services = {name: _service(each) for name, each in record["services"].items()}
        return {
            **record, "directory": Path(record["directory"]), "services": services,
            "kafka": KafkaRecord(**record["kafka"]), "postgres": PostgresRecord(**record["postgres"]),
            "ticker": TickerRecord(**record["ticker"]),
            "supervisor": SupervisorRecord(**record.get("supervisor", _unwatched(record["directory"]))),
        }  # fmt: skip
    except FileNotFoundError as error:
        raise Trouble(f"there is no house at {file}: start one with ./evergreen up") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Trouble(f"{file} can't be read ({error}): forget that house with ./evergreen clean") from error


def _unwatched(directory: str) -> dict[str, Any]:
    """A house made before there was a supervisor."""
    return {"log": f"{directory}/logs/supervisor.log"}


def _service(record: dict[str, Any]) -> ServiceRecord:
    return ServiceRecord(
        **{**record, "replicas": [ReplicaRecord(**each) for each in record.get("replicas", [])]}
    )
