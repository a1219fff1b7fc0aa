"""Purchases without an end, for as long as somebody needs to be under load; and how far a service is."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from uuid import uuid4

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient

from deploy.events.producer import Publisher, record
from deploy.local.house.house import House
from deploy.purchases.cdnow import END
from deploy.purchases.purchase import Purchase

AT_ONCE = 100
Place = tuple[str, int]


@asynccontextmanager
async def rush(house: House) -> AsyncIterator[None]:
    """A thousand a second at most, of customers nobody knows, after all that was judged."""
    async with Publisher(house.kafka.bootstrap) as publisher:
        publishing = asyncio.create_task(_publish(publisher, f"/test/{uuid4()}"))
        try:
            yield
        finally:
            publishing.cancel()
            await asyncio.wait([publishing])


async def _publish(publisher: Publisher, source: str) -> None:
    numbers = count()
    while True:
        bought = [_purchase(source, next(numbers)) for _ in range(AT_ONCE)]
        await publisher.send([record(purchase.signal(source)) for purchase in bought])
        await asyncio.sleep(0.1)


def _purchase(source: str, number: int) -> Purchase:
    return Purchase(f"{number}", f"{source}#{number % 997}", END + timedelta(seconds=number), 100, "USD")


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a service is: records taken by its database and by Kafka's hint, facts, numbers given out."""

    taken: Mapping[Place, int]
    hinted: Mapping[Place, int]
    facts: int
    last: int
    unpublished: int

    def skipped(self, before: "Standing") -> int:
        """Numbers of the log that were given out since, and belong to no fact: written and taken back."""
        return self.last - before.last - (self.facts - before.facts)


async def standing(house: House, stage: str) -> Standing:
    """As it is now."""
    connection = await asyncpg.connect(house.services[stage].owner_url, timeout=10)
    try:
        taken = await connection.fetch("select topic, partition, next_offset from positions")
        facts = await connection.fetchval("select count(*) from facts")
        last = await connection.fetchval("select last_value from outbox_position")
        unpublished = await connection.fetchval("select count(*) from unpublished")
    finally:
        await connection.close()
    positions = {(topic, partition): offset for topic, partition, offset in taken if offset}
    return Standing(positions, await _hinted(house, stage), facts, last, unpublished)


async def _hinted(house: House, group: str) -> dict[Place, int]:
    admin = AIOKafkaAdminClient(bootstrap_servers=house.kafka.bootstrap)
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(group)
    finally:
        await admin.close()
    return {(place.topic, place.partition): found.offset for place, found in offsets.items()}
