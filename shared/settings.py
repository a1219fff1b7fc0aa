"""The one module that reads the environment.

A secret may come from a file: `EVERGREEN_DATABASE_FILE` names one that holds what `EVERGREEN_DATABASE` would.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shared.kafka import kafka_address


class MissingSetting(Exception):
    """A setting without which a service cannot start."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a service finds the world. `kafka` is an address (shared/kafka.py), `http` is host:port for
    health and metrics. `database` holds a password, so it is not shown. `instance` is a name that a process
    keeps when it is started again, and then has its partitions back at once; empty: it joins like any other.
    """

    service: str
    kafka: str
    database: str = field(repr=False)
    http: str
    instance: str
    batch: int
    poll_ms: int


def read_settings(service: str, environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of a service. Errors: `MissingSetting` names the variable and an example, `WrongAddress`."""
    kafka = _required(environment, "EVERGREEN_KAFKA", "127.0.0.1:9092")
    kafka_address(kafka)
    return Settings(
        service=service,
        kafka=kafka,
        database=_required(
            environment, "EVERGREEN_DATABASE", f"postgresql://{service}:secret@localhost/{service}"
        ),
        http=environment.get("EVERGREEN_HTTP", "127.0.0.1:8100"),
        instance=environment.get("EVERGREEN_INSTANCE", ""),
        batch=int(environment.get("EVERGREEN_BATCH", "2000")),
        poll_ms=int(environment.get("EVERGREEN_POLL_MS", "10")),
    )


def given(environment: Mapping[str, str], name: str) -> str | None:
    """The value of a variable, or of the file that NAME_FILE names. Errors: `MissingSetting`."""
    file = environment.get(f"{name}_FILE")
    if not file:
        return environment.get(name)
    if environment.get(name):
        raise MissingSetting(f"{name} and {name}_FILE are both set: which one holds?")
    try:
        return Path(file).read_text().rstrip("\r\n")
    except OSError as error:
        raise MissingSetting(f"{name}_FILE={file} can't be read: {error.strerror}") from error


def _required(environment: Mapping[str, str], name: str, example: str) -> str:
    if value := given(environment, name):
        return value
    raise MissingSetting(f"{name} is not set (nor {name}_FILE); for example {name}={example}")
