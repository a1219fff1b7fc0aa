"""Records come in by FastStream in batches; PostgreSQL holds the truth of what was taken.

FastStream's policies of acknowledgement each lose or repeat a message when a handler raises: none is used.
Offsets are fenced with the effects, Kafka's follow. Where position and log disagree, nothing is taken.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from time import monotonic
from typing import Any

from aiokafka import ConsumerRebalanceListener
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from shared.consume.admission import AdmissionPolicy
from shared.consume.assignment import Assignment
from shared.consume.client.lenient_records import install_lenient_records
from shared.consume.client.open_transactions import OpenTransactions, behind
from shared.consume.client.polling import Fetch, PollingClient, Records
from shared.consume.client.subscription import Subscription
from shared.consume.hold import Condition
from shared.consume.writer import Writer
from shared.core.handler import Handler
from shared.core.store import Store, TopicPartition
from shared.resilience.retry import probe
from shared.resilience.transient import Outage, is_outage
from shared.settings import Settings

log = logging.getLogger(__name__)
COMMIT_EVERY = LOOK_AGAIN = 1.0


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One consumer of one service: all its topics, co-partitioned, one batch at a time."""

    def __init__(self, settings: Settings, policy: AdmissionPolicy, store: Store, handler: Handler) -> None:
        self.settings, self.policy, self.handler = settings, policy, handler
        self.assignment = Assignment(settings, policy.hears, policy.external, store)
        self.writer = Writer(
            policy=policy, store=store, handler=handler, size=settings.batch, positions=self.positions,
            give_up=self._handed_over, count_partitions=lambda: self.assignment.count(self.client),
        )  # fmt: skip
        self._subscription = Subscription(settings, policy.hears, self, self._poll, self._hear)
        self.busy, self._open = asyncio.Lock(), OpenTransactions()
        self._leaving = self._stopping = self._unheard = False
        self._committed_at = self._passed_at = 0.0
        self._retiring: asyncio.Task[None] | None = None

    @property
    def client(self) -> PollingClient | None:
        """The client underneath, once started."""
        return self._subscription.client

    @property
    def positions(self) -> dict[TopicPartition, int]:
        """The next offset to take, of each partition that was taken up."""
        return self.assignment.positions

    def at_work(self) -> bool:
        """A batch is in hand and nothing holds it up."""
        return self.busy.locked() and not self.writer.hold

    def conditions(self, now: float) -> Iterable[Condition]:
        """Everything that may keep it from taking records; `now` in monotonic seconds."""
        yield Condition("held", self.writer.held(self.busy.locked(), now) or self.assignment.refused)
        yield Condition("fetch", self.client.polling.problem(now) if self.client else None)
        yield Condition("transaction", self._open.problem(behind(self.client, self.positions), now))
        yield from self.assignment.conditions()

    async def start(self) -> None:
        """Join the group. Errors: `KafkaError` while the broker is away."""
        install_lenient_records()
        self._leaving = self._stopping = False
        await probe(self.settings.kafka, self.policy.hears)
        await self._subscription.start()

    async def stop(self) -> None:
        """Finish the batch in hand, tell Kafka how far it came, and leave."""
        self._leaving = self._stopping = True
        async with self.busy:
            await self._commit_offsets(force=True)
        await self._subscription.stop()

    def owned(self) -> Mapping[TopicPartition, int]:
        """Positions of its own partitions, none while these change: ask with `busy` held."""
        return {} if self._leaving else self.positions

    async def on_partitions_revoked(self, revoked: set[KafkaPartition]) -> None:
        """The batch in hand is written or given up before anybody else may begin."""
        self._leaving = True
        async with self.busy:
            self.assignment.end()
            self.handler.forget()
            self.writer.forget()

    async def on_partitions_assigned(self, assigned: set[KafkaPartition]) -> None:
        """The next poll takes them up: who waited in here would keep the whole group waiting."""
        assert self.client is not None
        self.client.pause(*assigned)
        self.assignment.begin(frozenset((tp.topic, tp.partition) for tp in assigned))

    async def _poll(self, fetch: Fetch) -> Records:
        """One poll. All that was polled before has been dealt with; what was not examined is not let in."""
        client, owned = self.client, self.assignment
        assert client is not None
        if self._unheard:
            owned.doubt()  # the client is past records that were not taken: it goes back to the truth
        if owned.places is not None and not owned.agreed and not await self._take_up(client):
            await asyncio.sleep(LOOK_AGAIN)
            return {}
        self._unheard = True
        try:
            records = await fetch()
            if owned.agreed:
                await owned.compare(client)
            if owned.agreed and not records:
                await self._pass_gaps(client)
                self._unheard = False
        except (OffsetOutOfRangeError, NoOffsetForPartitionError) as error:
            log.warning("positions are looked at again: %s: %s", type(error).__name__, error)
            return {}
        return records if owned.agreed else {}

    async def _take_up(self, client: PollingClient) -> bool:
        """Go on from where the database says, if the logs are those that it means."""
        places = self.assignment.places
        try:
            positions = await self.assignment.examine(client)
        except Exception as error:
            if not isinstance(error, KafkaError) and not is_outage(error):
                raise
            return False
        async with self.busy:
            if self.assignment.places is not places:
                return True  # shared out anew meanwhile
            if positions is None:
                client.pause(*client.assignment())
                if self.assignment.is_replaced and self._retiring is None:
                    self._retiring = asyncio.create_task(self._subscription.stop())
                return False
            if self.assignment.take_up(positions):
                self.handler.assigned(frozenset(partition for _, partition in positions))
            self._unheard = False
            self._rewind()
            self._leaving = False
        return True

    async def _pass_gaps(self, client: PollingClient) -> None:
        """Past offsets at which no record lies, such as an aborted transaction's: nothing will come there."""
        if self._leaving or monotonic() - self._passed_at < LOOK_AGAIN:
            return
        self._passed_at = monotonic()
        reached = {
            place: at
            for place, tp in client.own(self.positions).items()
            if (at := await client.position(tp)) <= (client.last_stable_offset(tp) or 0)
        }
        async with self.busy:
            try:
                await self.writer.pass_to(reached)
            except Outage:
                self._rewind()

    def _handed_over(self) -> bool:
        return self._stopping or not self.assignment.agreed or (self._leaving and bool(self.positions))

    async def _hear(self, records: Any) -> None:
        async with self.busy:
            if self._leaving:
                return  # committed, or another's partitions: whoever comes next takes these
            await self.writer.take(records)
            self._unheard = False
            await self._commit_offsets()

    def _rewind(self) -> None:
        """Fetch from the truth: what was given up would be skipped otherwise. What is withheld is left."""
        if self.client is None:
            return
        for tp in self.client.assignment():
            place = (tp.topic, tp.partition)
            if (offset := self.positions.get(place)) is not None:
                self.client.seek(tp, offset)
                self.client.resume(tp)
            else:
                self.client.pause(tp)
                self.client.seek(tp, self.assignment.withheld.get(place, 0))  # or it would ask for one

    async def _commit_offsets(self, force: bool = False) -> None:
        now = monotonic()
        offsets = {KafkaPartition(*place): offset for place, offset in self.positions.items() if offset}
        if self.client is None or not offsets or (now - self._committed_at < COMMIT_EVERY and not force):
            return
        self._committed_at = now
        try:
            await asyncio.wait_for(self.client.commit(offsets), 2.0)
        except (KafkaError, TimeoutError) as error:
            log.info("the offsets were not committed to Kafka: %s", error)
