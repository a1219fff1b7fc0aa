"""The one module that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


class MissingSetting(Exception):
    """A setting without which a service cannot start."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a service finds the world. `http` is host:port for health and metrics."""

    service: str
    kafka: str
    database: str
    http: str
    instance: str
    batch: int
    poll_ms: int


def read_settings(service: str, environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of a service. Errors: `MissingSetting` names the variable and an example."""
    return Settings(
        service=service,
        kafka=_required(environment, "EVERGREEN_KAFKA", "127.0.0.1:9092"),
        database=_required(
            environment, "EVERGREEN_DATABASE", f"postgresql://{service}:secret@localhost/{service}"
        ),
        http=environment.get("EVERGREEN_HTTP", "127.0.0.1:8100"),
        instance=environment.get("EVERGREEN_INSTANCE", "1"),
        batch=int(environment.get("EVERGREEN_BATCH", "2000")),
        poll_ms=int(environment.get("EVERGREEN_POLL_MS", "10")),
    )


def _required(environment: Mapping[str, str], name: str, example: str) -> str:
    if value := environment.get(name):
        return value
    raise MissingSetting(f"{name} is not set; for example {name}={example}")
