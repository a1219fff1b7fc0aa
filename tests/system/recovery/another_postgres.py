"""Another PostgreSQL beside that of the house, and databases carried from one to the other."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.local.house import plan
from deploy.local.house.servers import wanted_postgres
from deploy.local.process import processes
from deploy.local.process.pid_files import find
from deploy.local.process.ports import settle
from deploy.local.process.starting import raise_up
from deploy.local.servers.postgres import PROGRAMS, _site
from deploy.provisioning.databases import Database

COPIED = ("facts", "dead_letters", "heartbeats", "relay", "positions", "clocks", "watermarks", "timers")


@contextmanager
def another_postgres(directory: Path) -> Iterator[str]:
    """Its administrator's URL. Nothing has happened on it yet, so its transactions are young."""
    directory.mkdir()
    _, record = plan.plan_servers(directory, "127.0.0.1:1", None, settle(plan.SERVERS, {}))
    raise_up(wanted_postgres(directory, record, []), directory / "pids", Event())
    try:
        yield record.admin_url
    finally:
        running = find("postgres", directory / "pids")
        assert running is not None
        processes.kill(running, directory / "pids")


async def grow_old(admin_url: str, transactions: int = 20_000) -> None:
    """So many transactions happen on the server."""
    connection = await asyncpg.connect(admin_url)
    await connection.execute(
        f"do $$ begin for n in 1..{transactions} loop perform pg_current_xact_id(); commit; end loop; end $$"
    )
    await connection.close()


def dump_and_restore(source: Database, target: Database, file: Path) -> None:
    """As docs/backup.md says: the whole database as its owner, into one that was provisioned."""
    _program("pg_dump", "--format=custom", f"--file={file}", source.owner_url)
    _program(
        "psql", "--command=drop schema public cascade", "--command=create schema public", target.owner_url
    )
    _program("pg_restore", "--no-owner", "--single-transaction", f"--dbname={target.owner_url}", str(file))


def _program(name: str, *arguments: str) -> None:
    done = subprocess.run(
        [_site() / PROGRAMS / name, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr


async def copy_tables(source: Database, target: Database, file: Path) -> None:
    """Table by table out of one snapshot, into a database of the same schema; sequences stay behind."""
    reader, writer = await asyncpg.connect(source.owner_url), await asyncpg.connect(target.owner_url)
    await writer.execute("truncate relay")
    async with reader.transaction(isolation="repeatable_read"):
        for table in COPIED:
            await reader.copy_from_table(table, output=file, format="binary")
            await writer.copy_to_table(table, source=file, format="binary")
    await reader.close()
    await writer.close()


def inside(admin_url: str, database: str) -> str:
    return urlunsplit(urlsplit(admin_url)._replace(path=f"/{database}"))
