"""How long a database remembers which events it has taken, and how it forgets the rest.

Facts are the record and are kept. The inbox only tells duplicates: it has four slots of thirty days
(`inbox_slot`) and remembers every event for sixty days at least, a hundred and twenty at most; Kafka keeps a
topic for thirty. A duplicate that comes later than that is a new event.
"""

import asyncio
import logging
from pathlib import Path
from typing import Any

from shared.resilience.transient import is_outage
from shared.storage.sql import statements

log = logging.getLogger(__name__)
SQL = statements(Path(__file__).with_name("inbox_pruning.sql"))
EVERY = 3_600.0
"""Seconds: a period is thirty days, and its slot may be emptied at any time in the one before."""

LOCK_SECONDS = 1.0


async def prune(pool: Any) -> bool:
    """Empties the slot of the coming period, whose keys are older than sixty days; False: it was empty.

    Never waits long for readers, so that none has to wait behind it. Errors: `asyncpg.LockNotAvailableError`.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"set local lock_timeout = '{LOCK_SECONDS}s'")
        slot = await connection.fetchval(SQL["stale"])
        if slot is None:
            return False
        await connection.execute(f"truncate inbox_{slot}")
    log.info("forgot which events were taken more than sixty days ago")
    return True


async def keep_pruning(pool: Any) -> None:
    """Until cancelled; what fails now is tried again within the hour."""
    while True:
        try:
            await prune(pool)
        except Exception as error:
            if not is_outage(error):
                raise
            log.info("the inbox is pruned later: %s: %s", type(error).__name__, error)
        await asyncio.sleep(EVERY)
