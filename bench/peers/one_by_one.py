"""FastStream's default handler: one pydantic model and one transaction a message."""

import asyncio
import logging
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from faststream import FastStream
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage
from pydantic import BaseModel

from bench.peers.asked import ORDER, Asked

TABLES = Path(__file__).with_name("tables.sql")
TIMELINE = "insert into timeline values ($1, $2, $3, $4, $5, $6) on conflict do nothing"
STATE = """insert into state as s values ($1, 1, $2, $3) on conflict (customer) do update set
    purchases = s.purchases + 1, spent = s.spent + excluded.spent,
    last_seen = greatest(s.last_seen, excluded.last_seen)"""


class Order(BaseModel):
    """The data of an order."""

    order_id: str = ""
    amount: int = 0
    currency: str = ""


class CloudEvent(BaseModel):
    """What the topic holds: orders, and heartbeats without a subject."""

    id: str
    source: str
    type: str
    time: datetime
    subject: str = ""
    data: Order


async def decode(message: KafkaMessage) -> Any:
    """By itself it takes JSON for JSON only when the content type begins with application/json."""
    return orjson.loads(message.body)


def listen(broker: KafkaBroker, pool: Any, asked: Asked, app: FastStream) -> None:
    """Subscribes the handler as the documentation shows it."""

    @broker.subscriber(asked.topic, group_id=asked.group, auto_offset_reset="earliest", decoder=decode)
    async def hear(event: CloudEvent, message: KafkaMessage) -> None:
        if event.type != ORDER or asked.done():
            return
        asked.take()
        async with pool.acquire() as connection, connection.transaction():
            row = (event.subject, event.source, event.id, event.time, event.type, message.body)
            await connection.execute(TIMELINE, *row)
            await connection.execute(STATE, event.subject, event.data.amount, event.time)
        if asked.done():
            asked.answer()
            app.exit()


async def main(asked: Asked) -> None:
    async with asyncpg.create_pool(asked.database, min_size=1) as pool:
        await pool.execute(TABLES.read_text())
        # Its two lines a message would cost more than the message.
        broker = KafkaBroker(asked.bootstrap, log_level=logging.DEBUG)
        app = FastStream(broker)
        listen(broker, pool, asked, app)
        await app.run()


if __name__ == "__main__":
    asyncio.run(main(Asked.from_arguments()))
