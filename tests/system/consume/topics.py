"""What can become of a topic behind a service's back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import asyncpg
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from deploy.provisioning import topics
from shared.consume.consumer import Consumer
from shared.contracts.event import Event, encode
from tests.system.reminder_service import PARTITIONS, ReminderService, until


@asynccontextmanager
async def admin(service: ReminderService) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=service.settings.kafka)
    await client.start()
    try:
        yield client
    finally:
        await client.close()


async def make_again(service: ReminderService) -> None:
    """Delete the topic and make it anew, empty, under the same name."""
    await delete(service)
    await provide(service)


async def provide(service: ReminderService) -> None:
    await topics.provide(service.settings.kafka, [topics.Topic(service.topic, PARTITIONS, retention_days=1)])


async def delete(service: ReminderService) -> None:
    async with admin(service) as client:
        await client.delete_topics([service.topic])

        async def gone() -> bool:
            return service.topic not in await client.list_topics()

        await until(gone)


async def forget_records(service: ReminderService) -> None:
    """As Kafka's retention does: all that lies there now is deleted, offsets go on."""
    async with admin(service) as client:
        # -1: up to the end
        await client.delete_records(
            {TopicPartition(service.topic, n): RecordsToDelete(before_offset=-1) for n in range(PARTITIONS)}
        )


async def transaction(service: ReminderService, *events: Event, commit: bool) -> None:
    """By a transactional producer, which then commits or aborts."""
    async with AIOKafkaProducer(
        bootstrap_servers=service.settings.kafka, transactional_id=f"{service.topic}-customers"
    ) as producer:
        await producer.begin_transaction()
        for event in events:
            await producer.send(service.topic, key=event.subject.encode(), value=encode(event))
        if commit:
            await producer.commit_transaction()
        else:
            await producer.flush()
            await producer.abort_transaction()


async def shift(url: str, by: int, topic: str = "", partition: int = 0) -> None:
    """Move every position, or that of one partition, as nobody should."""
    owner = await asyncpg.connect(url)
    await owner.execute(
        "update positions set next_offset = next_offset + $1 where $2 = '' or (topic, partition) = ($2, $3)",
        by, topic, partition,
    )  # fmt: skip
    await owner.close()


def problems(consumer: Consumer) -> dict[str, str]:
    """Name and words of all that keeps it from taking records."""
    return {name: text for name, text, blocks in consumer.conditions(monotonic()) if text and blocks}


async def says(consumer: Consumer, name: str, words: str, seconds: float = 15) -> None:
    """Returns once it says so."""

    async def said() -> bool:
        return words in problems(consumer).get(name, "")

    await until(said, seconds)
