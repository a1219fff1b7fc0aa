"""How many records each service has not taken yet."""

import asyncio
from collections.abc import Mapping

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy import topics
from deploy.local.house.house import House
from shared.kafka import kafka_client

Place = tuple[str, int]


async def by_service(house: House) -> dict[str, int]:
    """Records on the topics that each service reads, past those it has taken."""
    ends, starts = await _offsets(house)
    taken = await asyncio.gather(*(_positions(each.database_url) for each in house.services.values()))
    return {
        name: behind(heard(name), starts, ends, mine)
        for name, mine in zip(house.services, taken, strict=True)
    }


def heard(service: str) -> set[str]:
    """The topics that it reads, by their pages."""
    return {page["topic"] for page in topics.pages() if service in page["read_by"]}


def behind(
    read: set[str], starts: Mapping[Place, int], ends: Mapping[Place, int], taken: Mapping[Place, int]
) -> int:
    """The sum over all partitions of the topics read; one never taken from counts from its first record.

    What was taken since the ends were asked for does not count against what is left elsewhere.
    """
    return sum(
        max(0, end - max(taken.get(place, 0), starts[place]))
        for place, end in ends.items()
        if place[0] in read
    )


async def _offsets(house: House) -> tuple[dict[Place, int], dict[Place, int]]:
    consumer = AIOKafkaConsumer(**kafka_client(house.kafka.address), enable_auto_commit=False)
    await consumer.start()
    try:
        parts = [TopicPartition(topic, each) for topic in house.topics for each in range(house.partitions)]
        ends, starts = await consumer.end_offsets(parts), await consumer.beginning_offsets(parts)
    finally:
        await consumer.stop()
    return {tuple(part): end for part, end in ends.items()}, {
        tuple(part): each for part, each in starts.items()
    }


async def _positions(url: str) -> dict[Place, int]:
    connection = await asyncpg.connect(url, timeout=5)
    try:
        rows = await connection.fetch("select topic, partition, next_offset from positions")
    finally:
        await connection.close()
    return {(row["topic"], row["partition"]): row["next_offset"] for row in rows}
