"""A record is given up: written down in the database of the service that it holds."""

import asyncpg
from aiokafka.errors import KafkaError

from deploy.errors import Trouble
from deploy.events.broker import unreachable
from deploy.provisioning.databases import shown
from deploy.recovery.dead_letters.letters import Place
from deploy.recovery.positions import lying
from shared.core.store import TopicPartition

REFUSE = "insert into refusals (topic, partition, offset_) values ($1, $2, $3) on conflict do nothing"
STANDS = """select next_offset, exists (
    select from redrives where (topic, partition, offset_) = ($1, $2, $3) and settled is null
) from positions where (topic, partition) = ($1, $2)"""
"""One that was asked for again holds those behind it as long as it waits."""


async def refuse(where: Place, database: str, kafka: str) -> None:
    """Errors: `Trouble` for a place that is not one record, was taken already, is not heard there, or at
    which nothing lies: what is published there some day was seen by nobody who gave it up."""
    if where.topic is None or where.partition is None or where.offset is None:
        raise Trouble("which record? name its partition and offset too, such as signals/3@17")
    try:
        connection = await asyncpg.connect(database, timeout=10)
        try:
            stands = await connection.fetchrow(STANDS, *where)
            if stands is None:
                raise Trouble(f"that service does not hear {where.topic}/{where.partition}")
            next_offset, is_asked_for = stands
            if not is_asked_for:
                if where.offset < next_offset:
                    raise Trouble(f"{where} holds nobody: it was taken, or is a dead letter already")
                await _must_lie((where.topic, where.partition), where.offset, kafka)
            await connection.execute(REFUSE, *where)
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError) as error:
        raise Trouble(f"the database at {shown(database)} can't be written: {error}") from error


async def _must_lie(place: TopicPartition, offset: int, kafka: str) -> None:
    try:
        log = (await lying(kafka, [place])).get(place)
    except KafkaError as error:
        raise unreachable(kafka, error) from error
    if log is None or offset >= log.end:
        ends = f"its log ends at {log.end}" if log else "its topic is gone"
        where = Place(*place, offset)
        raise Trouble(f"nothing lies at {where} yet, {ends}: /readyz names the record that holds its service")
