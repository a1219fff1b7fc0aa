"""The PostgreSQL side of a measurement: databases set aside in one state and brought back to it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bench.load.log import Offsets
from deploy.provisioning.databases import Database, provide

T = TypeVar("T")
Ask = Callable[..., Sequence[Any]]
"""A question with its arguments to all the rows of the answer."""


async def _with(url: str, work: Callable[[Any], Awaitable[T]]) -> T:
    connection = await asyncpg.connect(url)
    try:
        return await work(connection)
    finally:
        await connection.close()


def run(url: str, *statements: str) -> None:
    """Execute, one after the other, each by itself."""

    async def work(connection: Any) -> None:
        for statement in statements:
            await connection.execute(statement)

    asyncio.run(_with(url, work))


def ask(url: str, question: str, *arguments: object) -> Sequence[Any]:
    """All rows of a query."""
    return asyncio.run(_with(url, lambda connection: connection.fetch(question, *arguments)))


@contextmanager
def asking(url: str) -> Iterator[Ask]:
    """`ask` over one connection: to connect anew fifty times a second would take the measured one's time."""
    with asyncio.Runner() as runner:
        connection = runner.run(_connected(url))
        try:
            yield lambda question, *arguments: runner.run(_fetch(connection, question, *arguments))
        finally:
            runner.run(connection.close())


async def _connected(url: str) -> Any:
    return await asyncpg.connect(url)


async def _fetch(connection: Any, question: str, *arguments: object) -> Sequence[Any]:
    rows: Sequence[Any] = await connection.fetch(question, *arguments)
    return rows


def inside(admin_url: str, database: str) -> str:
    """The administrator's URL of another database."""
    return urlunsplit(urlsplit(admin_url)._replace(path=f"/{database}"))


def set_aside(admin_url: str, name: str) -> None:
    """Keep a database as it is now, planner statistics included; nobody may be connected to it."""
    run(inside(admin_url, name), "vacuum analyze")
    run(admin_url, f"drop database if exists {name}_aside", f"create database {name}_aside template {name}")


def bring_back(admin_url: str, database: Database) -> None:
    """The database as it was set aside, with its roles' rights; checkpointed: no run pays another's."""
    name = database.service
    run(
        admin_url,
        f"drop database if exists {name} with (force)",
        f"create database {name} owner {name}_owner template {name}_aside",
    )
    asyncio.run(provide(admin_url, [database]))
    run(admin_url, "checkpoint")


def empty(admin_url: str, name: str) -> str:
    """The URL of a new database without anything."""
    run(admin_url, f"drop database if exists {name} with (force)", f"create database {name}", "checkpoint")
    return inside(admin_url, name)


def begin_at(owner_url: str, offsets: Offsets) -> None:
    """The service of this database takes each partition up from here."""
    rows = ", ".join(f"('{topic}', {partition}, {offset})" for (topic, partition), offset in offsets.items())
    statement = f"insert into positions values {rows}"
    run(
        owner_url,
        f"{statement} on conflict (topic, partition) do update set next_offset = excluded.next_offset",
    )
