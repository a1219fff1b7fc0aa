"""Records come in by FastStream in batches; PostgreSQL holds the truth of what was taken.

FastStream's acknowledgement policies each lose or repeat a message when a handler raises, so this uses
none of them: offsets are fenced in the transaction that stores the effects, and Kafka's committed offset
follows, for those who watch the group. What fails is `poison.py`'s.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from shared.consume.accounting import applied, count, measure
from shared.consume.admission import AdmissionPolicy, Admitted, Record, dead_lettered
from shared.consume.broker_security import broker_arguments
from shared.consume.lenient_records import install_lenient_records
from shared.consume.poison import PoisonIsolator
from shared.consume.read_ahead import write_in_order
from shared.consume.rehearsal import rehearse
from shared.core.handler import Handler
from shared.core.store import Store, TopicPartition
from shared.observe import metrics
from shared.resilience.retry import probe, retry
from shared.resilience.transient import is_outage
from shared.settings import Settings

log = logging.getLogger(__name__)
COMMIT_EVERY = 1.0
BATCHES = 8
"""Transactions that one poll may bring: all but the first are read while the one before is written."""


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One consumer of one service: all its topics, co-partitioned, one batch at a time."""

    def __init__(self, settings: Settings, policy: AdmissionPolicy, store: Store, handler: Handler) -> None:
        self.settings, self.policy, self.store, self.handler = settings, policy, store, handler
        self.positions: dict[TopicPartition, int] = {}
        self.busy = asyncio.Lock()
        self._leaving = self._stopping = False
        self._committed_at, self._retrying = 0.0, False
        steps = (self._write, self._dead_letter, self._rehearse)
        self.isolator = PoisonIsolator(*steps, policy.type_of, self._retry)
        self._broker = KafkaBroker(
            **broker_arguments(settings.kafka), client_id=settings.service, logger=None, apply_types=False,
            allow_auto_create_topics=False, graceful_timeout=8.0,
        )  # fmt: skip
        self._subscriber: Any = self._broker.subscriber(
            *policy.hears,
            batch=True,
            group_id=settings.service,
            group_instance_id=f"{settings.service}-{settings.instance}",
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            partition_assignment_strategy=(RangePartitionAssignor,),
            session_timeout_ms=10_000,
            heartbeat_interval_ms=1_000,
            max_poll_interval_ms=3_600_000,
            max_records=settings.batch * BATCHES,
            batch_timeout_ms=settings.poll_ms,
            fetch_max_wait_ms=100,
            listener=self,
            parser=self._as_it_came,
            decoder=_undecoded,
        )
        self._subscriber(self._hear)

    @property
    def client(self) -> AIOKafkaConsumer | None:
        """The client underneath, once started."""
        return self._subscriber.consumer

    def at_work(self) -> bool:
        """A batch is in hand and no outage holds it up."""
        return self.busy.locked() and not self._retrying

    async def start(self) -> None:
        """Join the group. Errors: `KafkaError` while the broker is away."""
        install_lenient_records()
        self._leaving = self._stopping = False
        await probe(self.settings.kafka, self.policy.hears)
        await self._broker.start()

    async def stop(self) -> None:
        """Finish the batch in hand, tell Kafka how far it came, and leave."""
        self._leaving = self._stopping = True
        async with self.busy:
            await self._commit_offsets(force=True)
        await self._broker.stop()

    def owned(self) -> Mapping[TopicPartition, int]:
        """Positions of its own partitions, none while these change: ask with `busy` held."""
        return {} if self._leaving else self.positions

    async def on_partitions_revoked(self, revoked: set[KafkaPartition]) -> None:
        """The batch in hand is written or given up before anybody else may begin."""
        self._leaving = True
        async with self.busy:
            self.positions.clear()
            self.handler.forget()
            self.isolator.forget()

    async def on_partitions_assigned(self, assigned: set[KafkaPartition]) -> None:
        """Records may arrive before this returns (aiokafka 738): pause, seek to the truth, resume."""
        client = self.client
        assert client
        client.pause(*assigned)
        async with self.busy:
            await self.isolator.retry(lambda: self._seek(assigned))
            self.handler.assigned(frozenset(tp.partition for tp in assigned))
            self._leaving = False
        client.resume(*assigned)

    async def _seek(self, assigned: set[KafkaPartition]) -> None:
        self.positions = dict(await self.store.positions(sorted((tp.topic, tp.partition) for tp in assigned)))
        self._rewind()

    async def _as_it_came(self, records: tuple[Record, ...]) -> KafkaMessage:
        return KafkaMessage(body=b"", raw_message=records, consumer=self._subscriber.consumer)

    async def _hear(self, records: Any) -> None:
        async with self.busy:
            if self._leaving:
                return  # committed, or another's partitions: whoever comes next takes these
            owned = [r for r in records if (r.topic, r.partition) in self.positions]
            try:
                await self.isolator.take(owned)
            except BaseException:
                self._rewind()
                raise
            await self._commit_offsets()
        measure(owned)

    def _rewind(self) -> None:
        """Fetch from the truth: what was given up would be skipped otherwise."""
        client = self._subscriber.consumer
        for place, offset in self.positions.items() if client else ():
            if (tp := KafkaPartition(*place)) in client.assignment():
                client.seek(tp, offset)

    async def _write(self, records: Sequence[Record]) -> None:
        await write_in_order(self.policy, records, self.positions, self.settings.batch, self._persist)

    async def _dead_letter(self, record: Record, reason: str) -> None:
        await self._persist(dead_lettered([record], self.positions, reason, datetime.now(UTC)))

    def _rehearse(self, record: Record) -> Awaitable[bool]:
        return rehearse(self.policy, self.store, self.handler, self.positions, record)

    async def _persist(self, admitted: Admitted) -> None:
        if admitted.positions:
            with metrics.BATCH_SECONDS.time():
                repeated = await self.handler.handle(admitted.batch(self.positions))
            count(admitted, repeated)
            if self.isolator.evidence.wanted:
                self.isolator.written(applied(admitted, repeated))
            self.positions |= {place: after for place, (_, after) in admitted.positions.items()}

    async def _retry(self, attempt: Callable[[], Awaitable[None]]) -> None:
        """An outage, a conflict or a fence is no fault of the records: again, from the truth."""
        try:
            await retry(attempt, "a batch", between=self._reload, give_up=self._handed_over)
        finally:
            self._retrying = False

    def _handed_over(self) -> bool:
        return self._stopping or (self._leaving and bool(self.positions))

    async def _reload(self) -> None:
        self._retrying = True
        self.handler.forget()
        try:
            self.positions.update(await self.store.positions(sorted(self.positions)))
        except Exception as error:
            if not is_outage(error):
                raise

    async def _commit_offsets(self, force: bool = False) -> None:
        now = asyncio.get_running_loop().time()
        offsets = {KafkaPartition(*place): offset for place, offset in self.positions.items() if offset}
        if self.client is None or not offsets or (now - self._committed_at < COMMIT_EVERY and not force):
            return
        self._committed_at = now
        try:
            await asyncio.wait_for(self.client.commit(offsets), 2.0)
        except (KafkaError, TimeoutError) as error:
            log.info("the offsets were not committed to Kafka: %s", error)


async def _undecoded(message: KafkaMessage) -> Any:
    return message.raw_message
