"""Brings a service's database to the schema of this release, step by step, as the owner of its schema."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import asyncpg

from deploy.errors import Trouble
from shared.storage.schema_version import Migration, components, mismatch

LOCK = 7_316_302
TABLE = """
create table if not exists migrations (
    component text        not null,
    number    integer     not null,
    name      text        not null,
    sha256    text        not null,
    applied   timestamptz not null default now(),
    primary key (component, number)
);
grant select on migrations to :runtime;
"""


async def migrate(connection: asyncpg.Connection, service: str, runtime: str) -> list[str]:
    """Applies what is missing and names it; `runtime` is a quoted role. Trouble when the database is newer.

    Each step is a transaction: an interrupted upgrade goes on where it stopped.
    """
    await connection.execute("select pg_advisory_lock($1)", LOCK)
    try:
        await connection.execute(TABLE.replace(":runtime", runtime))
        steps = components(service)
        applied = await _applied(connection)
        _refuse_newer(service, steps, applied)
        return [
            await _apply(connection, component, step, runtime)
            for component, wanted in steps.items()
            for step in wanted
            if not _is_there(component, step, applied)
        ]
    finally:
        await connection.execute("select pg_advisory_unlock($1)", LOCK)


async def pending(owner_url: str, service: str) -> bool:
    """Whether a service's database lacks a migration of this release; not where there is none yet."""
    try:
        connection = await asyncpg.connect(owner_url, timeout=10)
    except (asyncpg.InvalidCatalogNameError, asyncpg.InvalidPasswordError):
        return False
    try:
        has = await _applied(connection)
    except asyncpg.UndefinedTableError:
        return True
    finally:
        await connection.close()
    wanted = components(service).items()
    return any((name, step.number) not in has for name, steps in wanted for step in steps)


async def _applied(connection: asyncpg.Connection) -> dict[tuple[str, int], str]:
    rows = await connection.fetch("select component, number, sha256 from migrations")
    return {(row[0], row[1]): row[2] for row in rows}


def _refuse_newer(
    service: str, steps: Mapping[str, Sequence[Migration]], applied: Mapping[tuple[str, int], str]
) -> None:
    has = {name: max((n for c, n in applied if c == name), default=0) for name in steps}
    newest = {name: max(len(wanted), has[name]) for name, wanted in steps.items()}
    if newest != {name: len(wanted) for name, wanted in steps.items()}:
        raise Trouble(f"{service}: {mismatch({n: len(s) for n, s in steps.items()}, has)}")


def _is_there(component: str, step: Migration, applied: Mapping[tuple[str, int], str]) -> bool:
    known = applied.get((component, step.number))
    if known not in (None, _digest(step)):
        raise Trouble(
            f"migration {step.number} ({step.name}) of {component} was changed after it had been applied: "
            "restore its file, and put the change into a new migration"
        )
    return known is not None


async def _apply(connection: Any, component: str, step: Migration, runtime: str) -> str:
    async with connection.transaction():
        await connection.execute(step.sql.replace(":runtime", runtime))
        await connection.execute(
            "insert into migrations (component, number, name, sha256) values ($1, $2, $3, $4)",
            component, step.number, step.name, _digest(step),
        )  # fmt: skip
    return f"{component} {step.number} {step.name}"


def _digest(step: Migration) -> str:
    return sha256(step.sql.encode()).hexdigest()
