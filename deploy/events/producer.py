"""A producer that gets everything into Kafka in order, a broker killed on the way included."""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError
from aiokafka.structs import RecordMetadata

from deploy.errors import Trouble
from deploy.events.broker import unreachable
from shared.contracts.event import STRUCTURED, Event, encode
from shared.contracts.signals import SourceHeartbeat
from shared.kafka import kafka_client

SIGNALS = "signals"
PATIENCE = 90.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Record:
    """A record to publish. Without a partition the key decides (murmur2)."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    partition: int | None = None
    topic: str = SIGNALS


def record(event: Event, partition: int | None = None) -> Record:
    """A CloudEvent in structured mode, its key the customer."""
    headers = [("content-type", STRUCTURED)]
    if event.traceparent:
        headers.append(("traceparent", event.traceparent.encode()))
    return Record(event.subject.encode() or None, encode(event), headers, partition)


def beats(source: str, name: str, event: Event, partitions: int) -> list[Record]:
    """One heartbeat for each partition, each under an id of its own."""
    assert isinstance(event.data, SourceHeartbeat)
    each = [
        Event(f"{name}/{partition}", source, "", event.time, event.data) for partition in range(partitions)
    ]
    return [record(beat, partition) for partition, beat in enumerate(each)]


class Publisher:
    """An async context. Sent is what the broker has acknowledged."""

    def __init__(self, kafka: str) -> None:
        self.kafka = kafka
        self.partitions = 0
        self._producer: AIOKafkaProducer | None = None

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except (KafkaError, OSError) as error:
            raise unreachable(self.kafka, error) from None
        return self

    async def __aexit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        await self._close()

    async def send(self, records: Sequence[Record]) -> list[RecordMetadata]:
        """All of them, in order within a partition, and where each came to lie.

        An idempotent producer that fails is thrown away (it may be wedged on its sequence numbers), and all
        records go again: what had arrived is a duplicate then, and what had not still comes in order, since
        the broker takes nothing after a gap.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return await self._try(records)
            except TopicAuthorizationFailedError as error:
                raise Trouble(f"who writes to Kafka at {self.kafka} may not: {error}") from None
            except (KafkaError, OSError) as error:
                await self._close()
                if time.monotonic() > deadline:
                    raise Trouble(
                        f"Kafka at {self.kafka} took nothing for {PATIENCE:.0f} s: {error}"
                    ) from error
                log.info("the producer begins again: %s", error)
                await asyncio.sleep(0.5)

    async def _try(self, records: Sequence[Record]) -> list[RecordMetadata]:
        if self._producer is None:
            await self._open()
        assert self._producer is not None
        sent = [
            await self._producer.send(one.topic, one.value, one.key, one.partition, headers=list(one.headers))
            for one in records
        ]
        results = await asyncio.gather(*sent, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return results

    async def _open(self) -> None:
        producer = AIOKafkaProducer(
            **kafka_client(self.kafka), enable_idempotence=True, linger_ms=5, max_batch_size=131_072,
            max_request_size=4 * 1024 * 1024, request_timeout_ms=15_000, compression_type="zstd",
        )  # fmt: skip
        try:
            await producer.start()
            self.partitions = len(await producer.partitions_for(SIGNALS))
        except BaseException:
            await producer.stop()
            raise
        self._producer = producer

    async def _close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                await asyncio.wait_for(producer.stop(), 5.0)
            except (KafkaError, TimeoutError, OSError) as error:
                log.info("the producer did not stop in peace: %s", error)
