"""A log that was restored on a server whose transactions are behind it is made to go on there.

What the log is ordered by is counted by each server for itself. From here on the transactions of this one are
counted from the end of the log: what was published stays published, what was not comes next in its old order,
and what is decided from now on follows. No row is changed.
"""

from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.errors import Trouble
from deploy.provisioning.databases import shown
from shared.storage.log_order import BEHIND

OWNER = "select tableowner from pg_tables where schemaname = 'public' and tablename = 'facts'"
WRITERS = "lock table facts, dead_letters, heartbeats, relay in access exclusive mode"
"""A transaction that has written must not commit after its place in the order has moved."""
LAST = """
select greatest((select xid::text::bigint from outbox order by xid desc limit 1),
                (select xid::text::bigint from relay order by xid desc limit 1))
"""
SHIFT = """
create or replace function log_xid(xid8) returns xid8 language sql stable
as 'select ($1::text::bigint + {last})::text::xid8'
"""


async def rebase(admin_url: str, service: str) -> int | None:
    """How many rows of the log wait to be published now; None: nothing was to mend. Errors: `Trouble`."""
    try:
        connection = await asyncpg.connect(
            urlunsplit(urlsplit(admin_url)._replace(path=f"/{service}")), timeout=10
        )
    except (OSError, asyncpg.PostgresError) as error:
        raise Trouble(f"the database {service} at {shown(admin_url)} can't be reached: {error}") from error
    try:
        async with connection.transaction():
            return await _rebase(connection, service)
    except asyncpg.PostgresError as error:
        raise Trouble(f"the log of {service} can't be rebased: {error}") from error
    finally:
        await connection.close()


async def _rebase(connection: asyncpg.Connection, service: str) -> int | None:
    owner = await connection.fetchval(OWNER)
    if owner is None:
        raise Trouble(f"the database {service} has no log: restore it, or make it with `evergreen provision`")
    await connection.execute(f"set local role {await connection.fetchval('select quote_ident($1)', owner)}")
    await connection.execute(WRITERS)
    if not await connection.fetchval(BEHIND):
        return None
    await connection.execute(SHIFT.format(last=await connection.fetchval(LAST)))
    waiting: int = await connection.fetchval("select count(*) from unpublished")
    return waiting
