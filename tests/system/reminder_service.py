"""The example service on real servers: its own topic, group and database, and what is said to them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.consume.admission import AdmissionPolicy
from shared.consume.consumer import Consumer
from shared.consume.partitioner import partition_of
from shared.contracts.event import Event, encode
from shared.contracts.fact import Vocabulary
from shared.core.batch import Stage
from shared.core.handler import Handler
from shared.observe.health import Health
from shared.publish.relay import Relay
from shared.service.runtime import ServiceContext
from shared.service.stage import StageHandler
from shared.settings import Settings
from shared.storage.postgres import PostgresStore
from tests.shared.core.reminders import DECIDED, HEARD, reminder_stage

PARTITIONS = 6


@dataclass(frozen=True)
class ReminderService:
    """One service of its own name: it hears that topic, writes that topic, in that database."""

    settings: Settings
    store: PostgresStore

    @property
    def topic(self) -> str:
        return self.settings.service

    @property
    def stage(self) -> Stage:
        return replace(reminder_stage(), name=self.topic, ticks=frozenset({self.topic}))

    @property
    def handler(self) -> StageHandler:
        return StageHandler(
            self.stage, DECIDED, ServiceContext(self.settings, self.store, Relay(self.settings), Health(0.0))
        )

    @property
    def store_name(self) -> str:
        """Its database's."""
        return self.settings.database.rpartition("/")[2]

    def consumer(
        self,
        handler: Handler | None = None,
        hears: Vocabulary = HEARD,
        keeps: bool = True,
        external: bool = True,
        **settings: Any,
    ) -> Consumer:
        """`keeps`: for all, what nobody can read. `external`: outsiders write the topic."""
        topics = frozenset({self.topic})
        policy = AdmissionPolicy(
            {self.topic: hears},
            topics if keeps else frozenset(),
            topics if external else frozenset(),
            lambda key: partition_of(key, PARTITIONS),
        )
        return Consumer(replace(self.settings, **settings), policy, self.store, handler or self.handler)

    async def publish(self, *events: Event) -> None:
        """Returns when Kafka has acknowledged all."""
        await self.send(*((event.subject.encode(), encode(event)) for event in events))

    async def send(self, *records: tuple[bytes | None, bytes | None]) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self.settings.kafka, linger_ms=5) as producer:
            sent = [await producer.send(self.topic, key=key, value=value) for key, value in records]
            await asyncio.gather(*sent)

    async def taken(self) -> int:
        """How many records the database says were taken."""
        taken: int = await self.store.pool.fetchval(
            "select coalesce(sum(next_offset), 0)::int from positions"
        )
        return taken

    async def taken_and_decided(self) -> tuple[int, int]:
        """How many records were taken and how many facts there are, at one moment."""
        [(taken, facts)] = await self.store.pool.fetch(
            "select coalesce(sum(next_offset), 0)::int, (select count(*) from facts)::int from positions"
        )
        return taken, facts

    async def facts(self) -> list[tuple[str, int]]:
        """Stream and version of all facts, in commit order."""
        rows = await self.store.pool.fetch("select stream, version from facts order by xid, position")
        return [(row[0], row[1]) for row in rows]

    async def dead_letters(self) -> list[str]:
        rows = await self.store.pool.fetch("select reason from dead_letters order by partition, offset_")
        return [row[0] for row in rows]

    async def committed_offsets(self) -> dict[int, int]:
        """Kafka's committed offset of each partition."""
        async with self._member() as consumer:
            parts = sorted(consumer.assignment())
            return {part.partition: await consumer.committed(part) or 0 for part in parts}

    async def commit_offsets(self, offset: int) -> None:
        """Tells Kafka that the group has taken so many records of each partition."""
        async with self._member() as consumer:
            await consumer.commit(dict.fromkeys(consumer.assignment(), offset))

    @asynccontextmanager
    async def _member(self) -> AsyncIterator[Any]:
        asked = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka, group_id=self.topic, enable_auto_commit=False
        )
        async with asked as consumer:
            consumer.assign([TopicPartition(self.topic, n) for n in range(PARTITIONS)])
            yield consumer


@asynccontextmanager
async def hearing(consumer: Consumer) -> AsyncIterator[Consumer]:
    """The consumer, started; and stopped as on SIGTERM."""
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


@asynccontextmanager
async def relaying(relay: Relay) -> AsyncIterator[Relay]:
    """The relay at work; cancelled at the end as the runtime does."""
    running = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def until(condition: Callable[[], Coroutine[Any, Any, object]], seconds: float = 20) -> None:
    """Returns once the condition holds. Errors: `TimeoutError` when it does not within its time."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.02)


async def lying(bootstrap: str, topic: str) -> Sequence[Any]:
    """Every record on the topic, partition by partition."""
    parts = [TopicPartition(topic, n) for n in range(PARTITIONS)]
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False) as consumer:
        consumer.assign(parts)
        await consumer.seek_to_beginning(*parts)
        ends = await consumer.end_offsets(parts)
        found: list[Any] = []
        while any([await consumer.position(part) < ends[part] for part in parts]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += records
        return sorted(found, key=lambda record: (record.partition, record.offset))
