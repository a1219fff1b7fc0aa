"""One service's subscription through FastStream, with every default that loses records turned off."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

from aiokafka import ConsumerRebalanceListener
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from shared.consume.client.broker_security import broker_arguments
from shared.consume.client.polling import Poll, PollingClient
from shared.settings import Settings

BATCHES = 8
"""Transactions that one poll may bring: all but the first are read while the one before is written."""
Hear = Callable[[Any], Awaitable[None]]


class Subscription:
    """A member of the service's group. It polls through `poll`; `hear` gets the records of a poll."""

    def __init__(
        self,
        settings: Settings,
        topics: Iterable[str],
        listener: ConsumerRebalanceListener,
        poll: Poll,
        hear: Hear,
    ) -> None:
        self._poll = poll
        self._broker = KafkaBroker(
            **broker_arguments(settings.kafka), client_id=settings.service, logger=None, apply_types=False,
            allow_auto_create_topics=False, graceful_timeout=2.0,
        )  # fmt: skip
        self._subscriber: Any = self._broker.subscriber(
            *topics,
            batch=True,
            group_id=settings.service,
            group_instance_id=f"{settings.service}-{settings.instance}" if settings.instance else None,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="none",
            isolation_level="read_committed",
            # Ranges of one topic are ranges of all: partition p of each goes to the same process.
            partition_assignment_strategy=(RangePartitionAssignor,),
            session_timeout_ms=10_000,
            heartbeat_interval_ms=1_000,
            max_poll_interval_ms=3_600_000,
            max_records=settings.batch * BATCHES,
            batch_timeout_ms=settings.poll_ms,
            fetch_max_wait_ms=100,
            listener=listener,
            parser=self._as_it_came,
            decoder=_undecoded,
        )
        self._subscriber(hear)

    @property
    def client(self) -> PollingClient | None:
        """The client underneath, while started."""
        client: PollingClient | None = self._subscriber.consumer
        return client

    async def start(self) -> None:
        """Join the group. Errors: `KafkaError` while the broker is away."""
        await self._broker.connect()
        config: Any = self._broker.config.broker_config
        config.builder = partial(PollingClient, self._poll, **config.builder.keywords)
        await self._broker.start()

    async def stop(self) -> None:
        """Leave."""
        await self._broker.stop()

    async def _as_it_came(self, records: tuple[Any, ...]) -> KafkaMessage:
        return KafkaMessage(body=b"", raw_message=records, consumer=self._subscriber.consumer)


async def _undecoded(message: KafkaMessage) -> Any:
    return message.raw_message
