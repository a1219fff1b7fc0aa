"""Streams that fail while too many do are named in the database alone, for an id is a customer's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice

import asyncpg

from shared.core.quarantine import StreamsFail
from shared.storage.sql import columns

MOST = 100
"""Beyond so many at once nobody sets them aside one by one."""

SEEN = """
insert into suspects (stream, reason, seen) select stream, reason, now() from unnest($1::text[], $2::text[])
as u(stream, reason) on conflict (stream) do update set reason = excluded.reason, seen = excluded.seen
"""


@asynccontextmanager
async def naming_suspects(pool: asyncpg.Pool) -> AsyncIterator[None]:
    """Whoever makes the work inside fail with `StreamsFail` is named before it is raised."""
    try:
        yield
    except StreamsFail as failure:
        rows = sorted((stream.text, reason) for stream, reason in failure.suspects.items())
        await pool.execute(SEEN, *columns(list(islice(rows, MOST)), 2))
        raise
