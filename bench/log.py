"""The Kafka side of a measurement: fill a topic, ask where it ends, forget what lies before."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from bench.events import Letter
from bench.sizes import SIGNALS
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


async def post(client: AIOKafkaProducer, letters: Iterable[Letter]) -> None:
    """Publish in order; returns when the broker has all of it."""
    sent = [
        await client.send(SIGNALS, each.value, each.key, each.partition, headers=HEADERS) for each in letters
    ]
    await asyncio.gather(*sent)


async def pour(bootstrap: str, letters: Sequence[Letter]) -> None:
    """Publish many, some thousands at a time."""
    async with producer(bootstrap) as client:
        for start in range(0, len(letters), AT_ONCE):
            await post(client, letters[start : start + AT_ONCE])


async def ends(bootstrap: str, topics: Sequence[str]) -> Offsets:
    """The offset after the last record of each partition."""
    async with reader(bootstrap) as client:
        await client.topics()
        places = [TopicPartition(t, p) for t in topics for p in client.partitions_for_topic(t) or ()]
        return {(place.topic, place.partition): end for place, end in (await client.end_offsets(places)).items()}


async def forget_before(bootstrap: str, offsets: Offsets) -> None:
    """Who begins at the earliest record begins here from now on."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        wanted = {TopicPartition(*place): RecordsToDelete(offset) for place, offset in offsets.items()}
        await admin.delete_records(wanted)
    finally:
        await admin.close()
