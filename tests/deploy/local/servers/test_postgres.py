"""What a database server that was killed left must not keep it from starting again."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import psutil
import pytest

from deploy.local.house import closing, plan
from deploy.local.house.record import PostgresRecord
from deploy.local.house.servers import wanted_postgres
from deploy.local.process import pid_files, processes
from deploy.local.process.account import unprivileged
from deploy.local.process.deadline import until
from deploy.local.process.pid_files import Running
from deploy.local.process.ports import settle
from deploy.local.process.processes import Program
from deploy.local.process.starting import raise_up


@pytest.fixture
def record(tmp_path: Path) -> Iterator[PostgresRecord]:
    yield plan.plan_servers(tmp_path, "127.0.0.1:1", None, settle(plan.SERVERS, {}))[1]
    for running in pid_files.found(closing.pids(tmp_path)):
        processes.kill(running, closing.pids(tmp_path))
    closing.forget(tmp_path)


def stranger(tmp_path: Path, *argv: str) -> Running:
    program = Program("stranger", argv, tmp_path / "log", Path("/"), dict(os.environ), unprivileged())
    return processes.start(program, closing.pids(tmp_path))


def note(record: PostgresRecord, tmp_path: Path, pid: int) -> None:
    """As a server of that pid has left it when it was killed."""
    server = plan.postgres_of(tmp_path, record)
    server.prepare()
    (server.data / "postmaster.pid").write_text(f"{pid}\n{server.data}\n")
    if server.account:
        server.account.own(server.data)


def test_the_pid_of_a_killed_server_may_be_another_programs(tmp_path: Path, record: PostgresRecord) -> None:
    """When a container starts again, pids begin anew."""
    other = stranger(tmp_path, "sleep", "60")
    note(record, tmp_path, other.pid)
    raise_up(wanted_postgres(tmp_path, record, []), closing.pids(tmp_path), Event())
    assert pid_files.is_alive(other)


def test_a_killed_server_that_nobody_buried_does_not_keep_its_place(
    tmp_path: Path, record: PostgresRecord
) -> None:
    """In a container whose first process does not reap."""
    other = stranger(tmp_path, "true")
    assert until(lambda: psutil.Process(other.pid).status() == psutil.STATUS_ZOMBIE, 10)
    note(record, tmp_path, other.pid)
    raise_up(wanted_postgres(tmp_path, record, []), closing.pids(tmp_path), Event())


def test_the_note_of_a_server_that_lives_stays(tmp_path: Path, record: PostgresRecord) -> None:
    raise_up(wanted_postgres(tmp_path, record, []), closing.pids(tmp_path), Event())
    server = plan.postgres_of(tmp_path, record)
    server.prepare()
    assert (server.data / "postmaster.pid").exists()
