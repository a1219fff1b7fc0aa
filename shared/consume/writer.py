"""Records polled become batches written, in order, each in one transaction that moves its positions."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from time import monotonic

from shared.consume.accounting import applied, count, measure
from shared.consume.admission import AdmissionPolicy, Admitted, Record, dead_lettered
from shared.consume.hold import Hold, Stall
from shared.consume.poison import PoisonIsolator
from shared.consume.read_ahead import write_in_order
from shared.consume.rehearsal import rehearse
from shared.core.batch import Batch
from shared.core.handler import Handler
from shared.core.store import Store, TopicPartition
from shared.observe import metrics
from shared.resilience.retry import retry
from shared.resilience.transient import Outage, is_outage


class Writer:
    """Moves `positions`, which are their owner's as well. `size` records are a batch.

    A failure that waiting heals is waited out until `give_up` says that somebody else is to do it.
    `count_partitions` fails while a key that lies elsewhere than here it would is not its sender's fault.
    """

    def __init__(
        self,
        *,
        policy: AdmissionPolicy,
        store: Store,
        handler: Handler,
        size: int,
        positions: dict[TopicPartition, int],
        give_up: Callable[[], bool],
        count_partitions: Callable[[], Awaitable[None]],
    ) -> None:
        self.policy, self.store, self.handler, self.size = policy, store, handler, size
        self.positions, self.give_up, self.count_partitions = positions, give_up, count_partitions
        self.hold, self._stall = Hold(), Stall()
        self.isolator = PoisonIsolator(
            self._write, self._dead_letter, self._rehearse, store.refused, policy.type_of, self._retry
        )

    def held(self, is_busy: bool, now: float) -> str | None:
        """What is not written and what it waits for; `is_busy`: somebody writes, or keeps others from it.

        `now` in monotonic seconds.
        """
        stalled = self._stall.problem(is_busy and not self.hold, self.store.statements_sent, now)
        return self.isolator.held or self.hold.problem(now) or stalled

    def forget(self) -> None:
        """Other processes have these partitions now."""
        self.isolator.forget()

    async def take(self, records: Sequence[Record]) -> None:
        """Returns when each is applied or a dead letter.

        Errors: `Outage` when it was given up; `CircuitOpen`, after a pause, while some are held.
        """
        owned = [r for r in records if (r.topic, r.partition) in self.positions]
        await self.isolator.take(owned)
        measure(owned)

    async def pass_to(self, reached: Mapping[TopicPartition, int]) -> None:
        """Past offsets at which no record lies. Errors: `Outage` when it was given up."""

        async def attempt() -> None:
            known = self.positions
            ahead = {p: (known[p], at) for p, at in reached.items() if p in known and at > known[p]}
            await self._persist_alone(Admitted(positions=ahead))

        await self._retry(attempt)

    async def _write(self, records: Sequence[Record]) -> None:
        prepare, persist = self.handler.prepare, self._persist
        await write_in_order(self.policy, records, self.positions, self.size, prepare, persist)

    async def _dead_letter(self, record: Record, reason: str) -> None:
        await self._persist_alone(dead_lettered([record], self.positions, reason, datetime.now(UTC)))

    async def _rehearse(self, record: Record) -> bool:
        return await rehearse(self.policy, self.handler, self.positions, record)

    async def _persist_alone(self, admitted: Admitted) -> None:
        await self._persist(admitted, admitted.batch(self.positions))

    async def _persist(self, admitted: Admitted, batch: Batch) -> None:
        if admitted.is_misplaced:
            await self.count_partitions()
        if admitted.positions:
            with metrics.BATCH_SECONDS.time():
                repeated = await self.handler.handle(batch)
            count(admitted, repeated, batch.refused)
            if self.isolator.evidence.wanted:
                self.isolator.written(applied(admitted, repeated, batch.refused))
            self.positions.update({place: after for place, (_, after) in admitted.positions.items()})

    async def _retry(self, attempt: Callable[[], Awaitable[None]]) -> None:
        """An outage, a conflict or a fence is no fault of the records: again, from the truth."""
        try:
            await retry(lambda: self._try(attempt), "a batch", between=self._reload, give_up=self.give_up)
        finally:
            self.hold.over()

    async def _try(self, attempt: Callable[[], Awaitable[None]]) -> None:
        try:
            await attempt()
        except Exception as error:
            self.hold.failed(error, monotonic())
            raise

    async def _reload(self) -> None:
        self.handler.forget()
        try:
            known = await self.store.positions(sorted(self.positions))
        except Exception as error:
            if not is_outage(error):
                raise
            return
        before = dict(self.positions)
        self.positions.update({place: position.offset for place, position in known.items()})
        if any(offset < before[place] for place, offset in self.positions.items()):
            raise Outage("a position was set back: its records are fetched again")
