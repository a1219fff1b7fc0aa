"""Streams that stand still because their own rules fail: which they are, and how they go on."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.errors import Trouble
from deploy.provisioning.databases import shown
from shared.consume.partitioner import partition_of
from shared.contracts.topics import PARTITIONS
from shared.core.stream import StreamName
from shared.storage.sql import statements

SQL = statements(Path(__file__).with_name("quarantine.sql"))


class Aside(NamedTuple):
    """A stream that was set aside: where it stands, the timer it had, since when and why.

    One that was `released` goes on as soon as its service runs.
    """

    stream: str
    partition: int
    version: int
    at: datetime | None
    since: datetime
    reason: str
    released: datetime | None


class Suspect(NamedTuple):
    """A stream that fails, with the reason, while its service is held because too many do."""

    stream: str
    reason: str


async def aside(admin_url: str, service: str) -> list[Aside]:
    """The streams that this service set aside, the oldest first. Errors: `Trouble`."""
    async with _connected(admin_url, service) as connection:
        return [Aside(*row) for row in await connection.fetch(SQL["aside"])]


async def suspects(admin_url: str, service: str) -> list[Suspect]:
    """Who failed within the last minute, and is not set aside. Errors: `Trouble`."""
    async with _connected(admin_url, service) as connection:
        return [Suspect(*row) for row in await connection.fetch(SQL["suspects"])]


async def add(admin_url: str, service: str, stream: str, reason: str) -> int:
    """Set the stream aside; the number of facts that it has. The service notices within a second if it runs.

    Errors: `Trouble`, also when this is no stream's name.
    """
    name = StreamName.parse(stream)
    if not (name.category and name.id):
        raise Trouble(f"{stream!r} is no stream's name, such as lead-42")
    partition = partition_of(name.id.encode(), PARTITIONS)
    async with _connected(admin_url, service) as connection:
        return int(await connection.fetchval(SQL["add"], stream, partition, f"by hand: {reason}"))


async def release(
    admin_url: str, service: str, streams: Sequence[str] | None = None, reason: str = ""
) -> list[str]:
    """The service lets these go on (None: all) whose reason has this text, each timer set again.

    The names of those that it had set aside. Errors: `Trouble`.
    """
    async with _connected(admin_url, service) as connection:
        return [row[0] for row in await connection.fetch(SQL["release"], streams, reason)]


@asynccontextmanager
async def _connected(admin_url: str, service: str) -> AsyncIterator[Any]:
    address = urlunsplit(urlsplit(admin_url)._replace(path=f"/{service}"))
    try:
        connection = await asyncpg.connect(address, timeout=10)
    except (OSError, asyncpg.PostgresError) as error:
        raise Trouble(f"the database {service} at {shown(admin_url)} can't be reached: {error}") from error
    try:
        yield connection
    except asyncpg.PostgresError as error:
        raise Trouble(f"the database {service} refused: {error}") from error
    finally:
        await connection.close()
