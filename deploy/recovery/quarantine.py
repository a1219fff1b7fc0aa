"""Streams that a service set aside because their own rules fail: which they are, and how they go on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.errors import Trouble
from deploy.provisioning.databases import shown

LIST = (
    "select stream, partition, version, at, since, reason, released from quarantined order by since, stream"
)
RELEASE = """
with asked as (update quarantined set released = coalesce(released, now()) where stream = $1 returning 1)
select exists (select from asked)
"""


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


async def aside(admin_url: str, service: str) -> list[Aside]:
    """The streams that this service set aside, the oldest first. Errors: `Trouble`."""
    async with _connected(admin_url, service) as connection:
        return [Aside(*row) for row in await connection.fetch(LIST)]


async def release(admin_url: str, service: str, stream: str) -> bool:
    """The service lets the stream go on, its timer set again; False when it has not set it aside."""
    async with _connected(admin_url, service) as connection:
        return bool(await connection.fetchval(RELEASE, stream))


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
