"""The machine and the versions that the figures belong to."""

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

import psutil

from bench.testbed import stores
from bench.testbed.programs import service_python
from deploy.local.house.house import House
from deploy.local.servers.jars import LOCK

SERVICES_RUN_ON = ("aiokafka", "asyncpg", "faststream", "pydantic", "orjson", "numpy")
PEERS_RUN_ON = (
    "aiokafka",
    "asyncpg",
    "faststream",
    "pydantic",
    "orjson",
    "eventsourcing",
    "psycopg",
    "quixstreams",
)
ASK = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"


def machine(house: House) -> dict[str, Any]:
    """What it is, what runs on it, and how busy others kept it (load average) before we began."""
    admin = house.postgres.admin_url
    return {
        "processor": _processor(),
        "cores": psutil.cpu_count(),
        "memory_gigabytes": round(psutil.virtual_memory().total / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "kafka": _kafka(),
        "postgresql": stores.ask(admin, "show server_version")[0][0],
        "fsync": stores.ask(admin, "show fsync")[0][0],
        "synchronous_commit": stores.ask(admin, "show synchronous_commit")[0][0],
        "load_average_1_minute": round(os.getloadavg()[0], 2),
        "services_packages": packages(service_python(), SERVICES_RUN_ON),
        "peers_packages": packages(None, PEERS_RUN_ON),
    }


def packages(python: str | None, names: tuple[str, ...]) -> dict[str, str]:
    """Their versions in the environment of this interpreter, or in that of another."""
    if python is None:
        from importlib.metadata import version

        return {name: version(name) for name in names}
    said = subprocess.run([python, "-c", ASK, *names], capture_output=True, text=True, check=True)
    return dict(zip(names, said.stdout.split(), strict=True))


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _kafka() -> str:
    pins = (line.split(":") for line in LOCK.read_text().splitlines() if ":kafka_2.13:" in line)
    return next((pin[2] for pin in pins), "unknown")
