"""Whether what is written here comes after what is there: the log is ordered by the server's transaction ids.

A log restored on a server whose transactions are behind it would take new facts in before old ones, and none
of them would ever be published. So every connection asks before it writes. Nothing is written while this is
refused, so a server that catches up by itself needs nothing more.
"""

from typing import Any

import asyncpg

from shared.core.store import NeedsRebase

BEHIND = """
select exists (select from outbox where xid >= log_xid(pg_snapshot_xmax(pg_current_snapshot())))
    or exists (select from relay where xid >= log_xid(pg_snapshot_xmax(pg_current_snapshot())))
"""


async def check_order(connection: Any) -> None:
    """Errors: `NeedsRebase`. A database of another schema passes: whoever opens it looks at that."""
    try:
        behind = await connection.fetchval(BEHIND)
    except (asyncpg.UndefinedTableError, asyncpg.UndefinedFunctionError):
        return
    if behind:
        raise NeedsRebase(
            "the log was restored on a server whose transactions are behind it, so new facts would come "
            "before old ones: nothing is written or published until `evergreen rebase` was run"
        )
