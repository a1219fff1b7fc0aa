"""A record is given up: written down in the database of the service that it holds."""

import asyncpg

from deploy.errors import Trouble
from deploy.provisioning.databases import shown
from deploy.recovery.dead_letters.letters import Place

REFUSE = "insert into refusals (topic, partition, offset_) values ($1, $2, $3) on conflict do nothing"
TAKEN = """select next_offset > $3 and not exists (
    select from redrives where (topic, partition, offset_) = ($1, $2, $3) and settled is null
) from positions where (topic, partition) = ($1, $2)"""
"""One that was asked for again holds those behind it as long as it waits."""


async def refuse(where: Place, database: str) -> None:
    """Errors: `Trouble` for a place that is not one record, was taken already, or is not heard there."""
    if where.offset is None:
        raise Trouble("which record? name its partition and offset too, such as signals/3@17")
    try:
        connection = await asyncpg.connect(database, timeout=10)
        try:
            taken = await connection.fetchval(TAKEN, *where)
            if taken is None:
                raise Trouble(f"that service does not hear {where.topic}/{where.partition}")
            if taken:
                raise Trouble(f"{where} holds nobody: it was taken, or is a dead letter already")
            await connection.execute(REFUSE, *where)
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError) as error:
        raise Trouble(f"the database at {shown(database)} can't be written: {error}") from error
