"""What a principal may try to do on Kafka, each with a client of its own."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from shared.kafka import kafka_client
from shared.resilience.retry import probe


async def enter(address: str) -> None:
    """Returns when Kafka has let us in. Errors: whatever Kafka says."""
    producer = AIOKafkaProducer(**kafka_client(address), request_timeout_ms=10_000)
    try:
        await producer.start()
    finally:
        await producer.stop()


async def write(address: str, topic: str) -> None:
    """Returns when Kafka has taken a record. Errors: whatever Kafka says."""
    async with AIOKafkaProducer(**kafka_client(address), request_timeout_ms=10_000) as producer:
        await producer.send_and_wait(topic, b"{}", partition=0)


async def read(address: str, topic: str, group: str | None = None) -> None:
    """Returns when Kafka has answered a fetch, in a group when one is named. Errors: whatever Kafka says."""
    await probe(address, [topic])
    consumer = AIOKafkaConsumer(
        **kafka_client(address), group_id=group, auto_offset_reset="earliest", enable_auto_commit=False
    )
    async with asyncio.timeout(20), consumer:
        consumer.assign([TopicPartition(topic, 0)])
        if group:
            await consumer.committed(TopicPartition(topic, 0))
        await consumer.getmany(timeout_ms=500)


async def soon(attempt: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Again until it works: the broker hears a moment later what the controller was told."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await attempt()
            except KafkaError:
                await asyncio.sleep(0.05)


async def gone() -> None:
    """Returns when every connection of this loop is closed.

    By TLS one is not when `close()` returns: a loop that ends before the goodbyes leaves a socket unclosed.
    """
    loop: Any = asyncio.get_running_loop()
    async with asyncio.timeout(20):
        while len(loop._selector.get_map()) > 1:  # its own pipe
            await asyncio.sleep(0.01)
