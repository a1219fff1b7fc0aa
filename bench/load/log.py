"""The Kafka side of a measurement: fill a topic, ask where it ends, forget what lies before."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from bench.load.events import Record
from bench.load.sizes import PARTITIONS, SIGNALS
from shared.contracts.event import STRUCTURED

Offsets = Mapping[tuple[str, int], int]
HEADERS = [("content-type", STRUCTURED)]
AT_ONCE = 5_000


@asynccontextmanager
async def producer(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    """One that loses nothing and keeps order."""
    client = AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, linger_ms=5, max_batch_size=131_072
    )
    await client.start()
    try:
        yield client
    finally:
        await client.stop()


@asynccontextmanager
async def reader(bootstrap: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer without a group."""
    client = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False)
    await client.start()
    try:
        yield client
    finally:
        await client.stop()


async def send_all(client: AIOKafkaProducer, records: Iterable[Record]) -> None:
    """Publish in order; returns when the broker has all of it."""
    sent = [
        await client.send(SIGNALS, each.value, each.key, each.partition, headers=HEADERS) for each in records
    ]
    await asyncio.gather(*sent)


async def pour(bootstrap: str, records: Sequence[Record]) -> None:
    """Publish many, some thousands at a time."""
    async with producer(bootstrap) as client:
        for start in range(0, len(records), AT_ONCE):
            await send_all(client, records[start : start + AT_ONCE])


async def ends(bootstrap: str, topics: Sequence[str]) -> Offsets:
    """The offset after the last record of each partition."""
    places = [TopicPartition(topic, partition) for topic in topics for partition in range(PARTITIONS)]
    async with reader(bootstrap) as client:
        return {
            (place.topic, place.partition): end for place, end in (await client.end_offsets(places)).items()
        }


async def read(bootstrap: str, topic: str, start: Offsets) -> list[tuple[float, dict[str, Any]]]:
    """Every event from these offsets to today's end, with the broker's moment (seconds since the epoch)."""
    goals = {TopicPartition(*place): end for place, end in (await ends(bootstrap, [topic])).items()}
    found: list[tuple[float, dict[str, Any]]] = []
    async with reader(bootstrap) as client:
        client.assign(list(goals))
        for place in goals:
            client.seek(place, start[place.topic, place.partition])
        while any([await client.position(place) < end for place, end in goals.items()]):
            for records in (await client.getmany(timeout_ms=200)).values():
                found.extend((record.timestamp / 1000, orjson.loads(record.value)) for record in records)
    return found


async def forget_before(bootstrap: str, offsets: Offsets) -> None:
    """Who begins at the earliest record begins here from now on."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        wanted = {TopicPartition(*place): RecordsToDelete(offset) for place, offset in offsets.items()}
        await admin.delete_records(wanted)
    finally:
        await admin.close()
