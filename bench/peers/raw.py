"""The raw limit: a batch in; one insert, one upsert and the offsets in one transaction. No rules."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer

from bench.peers.asked import ORDER, Asked

AT_ONCE = 2_000
TABLES = Path(__file__).with_name("tables.sql")
TIMELINE = """insert into timeline select * from unnest
    ($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::bytea[]) on conflict do nothing"""
STATE = """insert into state as s select * from unnest($1::text[], $2::int[], $3::bigint[], $4::timestamptz[])
    on conflict (customer) do update set purchases = s.purchases + excluded.purchases,
    spent = s.spent + excluded.spent, last_seen = greatest(s.last_seen, excluded.last_seen)"""
OFFSETS = """insert into offsets select * from unnest($1::int[], $2::bigint[])
    on conflict (partition) do update set next_offset = excluded.next_offset"""


def parse(records: Iterable[Any]) -> list[Sequence[Any]]:
    """Rows of the timeline, with the amount as a last column."""
    rows: list[Sequence[Any]] = []
    for record in records:
        event = orjson.loads(record.value)
        if event["type"] == ORDER:
            moment = datetime.fromisoformat(event["time"])
            amount = event["data"]["amount"]
            rows.append((event["subject"], event["source"], event["id"], moment, ORDER, record.value, amount))
    return rows


def folded(rows: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
    """What the batch adds to each customer, sorted so that no two batches can lock each other out."""
    state: dict[str, tuple[int, int, datetime]] = {}
    for customer, _, _, moment, _, _, amount in rows:
        count, spent, last = state.get(customer, (0, 0, moment))
        state[customer] = (count + 1, spent + amount, max(last, moment))
    return [(customer, *state[customer]) for customer in sorted(state)]


async def write(connection: Any, rows: Sequence[Any], offsets: Sequence[tuple[int, int]]) -> None:
    """One transaction."""
    async with connection.transaction():
        if rows:
            await connection.execute(TIMELINE, *list(zip(*rows, strict=True))[:6])
            await connection.execute(STATE, *zip(*folded(rows), strict=True))
        await connection.execute(OFFSETS, *zip(*offsets, strict=True))


async def main(asked: Asked) -> None:
    connection = await asyncpg.connect(asked.database)
    await connection.execute(TABLES.read_text())
    consumer = AIOKafkaConsumer(
        asked.topic, bootstrap_servers=asked.bootstrap, group_id=asked.group, enable_auto_commit=False,
        auto_offset_reset="earliest",
    )  # fmt: skip
    await consumer.start()
    while not asked.done():
        batches = await consumer.getmany(timeout_ms=100, max_records=AT_ONCE)
        if batches:
            asked.take(0)
            rows = parse(record for records in batches.values() for record in records)
            ends = [(place.partition, records[-1].offset + 1) for place, records in batches.items()]
            await write(connection, rows, ends)
            asked.take(len(rows))
    asked.answer()
    await consumer.stop()
    await connection.close()


if __name__ == "__main__":
    asyncio.run(main(Asked.from_arguments()))
