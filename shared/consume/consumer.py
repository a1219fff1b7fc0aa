"""Records come in by FastStream in batches; PostgreSQL holds the truth of what was taken.

FastStream's acknowledgement policies each lose or repeat a message when a handler raises, so this uses
none of them: offsets are fenced in the transaction that stores the effects, and Kafka's committed
offset follows as a hint. Poison is found by bisection and parked; an outage is waited out.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from shared.consume.accounting import count, measure
from shared.consume.admission import Door, Reception, Record, refuse
from shared.consume.lenient_records import forgive
from shared.consume.poison import Sieve
from shared.consume.read_ahead import write_in_order
from shared.core.handler import Work
from shared.core.store import Partition, Store
from shared.observe import metrics
from shared.resilience.retry import knock, patiently
from shared.resilience.transient import is_outage
from shared.settings import Settings

log = logging.getLogger(__name__)
HINT_EVERY = 1.0
BATCHES = 8
"""Transactions that one poll may bring: all but the first are read while the one before is written."""


class Intake(ConsumerRebalanceListener):  # type: ignore[misc]
    """One consumer of one service: all its topics, co-partitioned, one batch at a time."""

    def __init__(self, settings: Settings, door: Door, store: Store, work: Work) -> None:
        self.settings, self.door, self.store, self.work = settings, door, store, work
        self.positions: dict[Partition, int] = {}
        self._busy = asyncio.Lock()
        self._leaving = False
        self._hinted, self._retrying = 0.0, False
        self._sieve = Sieve(self._write, self._park, self._patiently)
        self._broker = KafkaBroker(
            settings.kafka, client_id=settings.service, logger=None, apply_types=False,
            allow_auto_create_topics=False, graceful_timeout=8.0,
        )  # fmt: skip
        self._subscriber: Any = self._broker.subscriber(
            *door.hears,
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
    def consumer(self) -> AIOKafkaConsumer | None:
        """The client underneath, once started."""
        return self._subscriber.consumer

    def at_work(self) -> bool:
        """A batch is in hand and no outage holds it up."""
        return self._busy.locked() and not self._retrying

    async def start(self) -> None:
        """Join the group. Errors: `KafkaError` while the broker is away."""
        forgive()
        self._leaving = False
        await knock(self.settings.kafka)
        await self._broker.start()

    async def stop(self) -> None:
        """Finish the batch in hand, leave a hint of how far it came, and leave."""
        self._leaving = True
        async with self._busy:
            await self._hint(force=True)
        await self._broker.stop()

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """The batch in hand is written or given up before anybody else may begin."""
        self._leaving = True
        async with self._busy:
            self.positions.clear()
            self.work.forget()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Records may arrive before this returns (aiokafka 738): pause, seek to the truth, resume."""
        consumer = self.consumer
        assert consumer is not None
        consumer.pause(*assigned)
        async with self._busy:
            await self._patiently(lambda: self._seek(assigned))
            self.work.assigned(frozenset(tp.partition for tp in assigned))
            self._leaving = False
        consumer.resume(*assigned)

    async def _seek(self, assigned: set[TopicPartition]) -> None:
        self.positions = dict(await self.store.positions(sorted((tp.topic, tp.partition) for tp in assigned)))
        self._rewind()

    async def _as_it_came(self, records: tuple[Record, ...]) -> KafkaMessage:
        return KafkaMessage(body=b"", raw_message=records, consumer=self._subscriber.consumer)

    async def _hear(self, records: Any) -> None:
        async with self._busy:
            if self._leaving:
                return  # the hint is given, or the partitions are another's: whoever comes next takes these
            owned = [r for r in records if (r.topic, r.partition) in self.positions]
            try:
                await self._sieve.take(owned)
            except BaseException:
                self._rewind()
                raise
            await self._hint()
        measure(owned)

    def _rewind(self) -> None:
        """Fetch from the truth: what was given up would be skipped otherwise."""
        if self.consumer is None:
            return
        for (topic, partition), offset in self.positions.items():
            if (tp := TopicPartition(topic, partition)) in self.consumer.assignment():
                self.consumer.seek(tp, offset)

    async def _write(self, records: Sequence[Record]) -> None:
        await write_in_order(self.door, records, self.positions, self.settings.batch, self._persist)

    async def _park(self, records: Sequence[Record], reason: str) -> None:
        await self._persist(refuse(records, self.positions, reason, datetime.now(UTC)))

    async def _persist(self, reception: Reception) -> None:
        if reception.positions:
            with metrics.BATCH_SECONDS.time():
                repeated = await self.work.take(reception.batch(self.positions))
            count(reception, repeated)
            self.positions |= {place: after for place, (_, after) in reception.positions.items()}

    async def _patiently(self, attempt: Callable[[], Awaitable[None]]) -> None:
        """An outage, a conflict or a fence is no fault of the records: again, from the truth."""
        try:
            await patiently(attempt, "a batch", between=self._reload, give_up=self._handed_over)
        finally:
            self._retrying = False

    def _handed_over(self) -> bool:
        return self._leaving and bool(self.positions)

    async def _reload(self) -> None:
        self._retrying = True
        self.work.forget()
        try:
            self.positions.update(await self.store.positions(sorted(self.positions)))
        except Exception as error:
            if not is_outage(error):
                raise

    async def _hint(self, force: bool = False) -> None:
        now = asyncio.get_running_loop().time()
        offsets = {TopicPartition(*place): offset for place, offset in self.positions.items() if offset}
        if self.consumer is None or not offsets or (now - self._hinted < HINT_EVERY and not force):
            return
        self._hinted = now
        try:
            await asyncio.wait_for(self.consumer.commit(offsets), 2.0)
        except (KafkaError, TimeoutError) as error:
            log.info("the offset hint was not kept: %s", error)


async def _undecoded(message: KafkaMessage) -> Any:
    return message.raw_message
