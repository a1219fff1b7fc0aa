"""Records to Kafka, in order within a partition, with an account of what was acknowledged.

A producer that fails is to be thrown away: an idempotent one can wedge on its sequence numbers for good
(aiokafka 1017).
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.kafka import kafka_client
from shared.publish.record import Record
from shared.settings import Settings


class Sent(NamedTuple):
    """So many of the first were acknowledged without a gap; `error` is what befell the next one, if any."""

    number: int
    error: KafkaError | None


def new_producer(settings: Settings) -> AIOKafkaProducer:
    """Not started yet."""
    return AIOKafkaProducer(
        **kafka_client(settings.kafka),
        client_id=f"{settings.service}-relay",
        enable_idempotence=True,
        linger_ms=2,
        max_batch_size=131_072,
        compression_type="zstd",
        request_timeout_ms=10_000,
    )


async def send(producer: AIOKafkaProducer, records: Sequence[Record]) -> Sent:
    """All of them, partitions side by side. After a record that is refused, nothing more of its partition."""
    lanes: dict[tuple[str, int], list[int]] = {}
    for number, record in enumerate(records):
        lanes.setdefault(record[:2], []).append(number)
    stops = await asyncio.gather(*(_lane(producer, *place, records, lanes[place]) for place in lanes))
    return min(stops, key=lambda stop: stop.number)


async def _lane(
    producer: AIOKafkaProducer, topic: str, partition: int, records: Sequence[Record], numbers: Sequence[int]
) -> Sent:
    """Batch after batch, each acknowledged before the next: a future a record cost more than the record."""
    batch, first = producer.create_batch(), numbers[0]
    try:
        for number in numbers:
            _, _, key, value, headers = records[number]
            while batch.append(timestamp=None, key=key, value=value, headers=headers) is None:
                await (await producer.send_batch(batch, topic, partition=partition))
                batch, first = producer.create_batch(), number  # an empty one takes any record
        batch.close()
        await (await producer.send_batch(batch, topic, partition=partition))
    except KafkaError as error:
        return Sent(first, error)
    return Sent(len(records), None)
