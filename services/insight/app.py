"""Insight hears everything: it tells every customer's story and judges who is about to leave."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic

from services.insight import views
from services.insight.entries import Entries, enter
from services.insight.judging.judge import Judge
from shared.consume.hold import Hold
from shared.contracts.acquisition import ACQUISITION
from shared.contracts.conversion import CONVERSION
from shared.contracts.event import Event
from shared.contracts.retention import RETENTION
from shared.contracts.signals import SIGNALS
from shared.core.batch import Batch
from shared.core.store import REHEARSAL, Changes
from shared.observe.telemetry import batch_span, decision_trace
from shared.resilience.transient import is_outage
from shared.service.runtime import Service, ServiceContext, run
from shared.service.suspects import naming_suspects

log = logging.getLogger(__name__)
LOOK_AGAIN, AFTER_FAILURE = 0.1, 1.0
"""Seconds until a partition that waits at a boundary looks whether another process has settled the week."""


class InsightHandler:
    """Keeps `shared.core.handler.Handler`: a batch is told and judged, then time passes as far as it can."""

    awaits: frozenset[str] = frozenset()

    def __init__(self, context: ServiceContext) -> None:
        self.context = context
        self.judge = Judge(context.store, decision_trace, lambda: datetime.now(UTC))
        self._one_at_a_time = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None

    async def prepare(self, batch: Batch) -> None:
        """Nothing: who is judged hangs on what the batch before has written."""

    async def handle(self, batch: Batch) -> Counter[str]:
        async with self._turn():
            if not REHEARSAL.get():
                await self._pass_time()  # what a crash left half judged comes before what is heard next
            await self.judge.known.load()
            entries = enter(batch.heard, self.judge.known.clocks)
            with batch_span("insight", [heard.event.traceparent for heard in batch.heard]):
                repeated = await self._write(batch, entries)
                await self._pass_time()
        return repeated

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One at a time; after a failure nothing remembered is trusted."""
        async with self._one_at_a_time:
            try:
                async with naming_suspects(self.context.store.pool):
                    yield
            except BaseException:
                self.judge.known.forget()
                raise

    async def _write(self, batch: Batch, entries: Entries) -> Counter[str]:
        clocks = {p: (self.judge.known.clocks[p], after) for p, after in entries.clocks.items()}
        changes = Changes(
            positions=dict(batch.positions), dead_letters=list(batch.dead_letters), clocks=clocks
        )
        if entries.first is not None:
            self.judge.open(entries.first, changes)
        async with self.judge.known.transaction({heard.partition for heard in batch.heard}) as connection:
            new = await views.tell(connection, entries.told.values(), datetime.now(UTC))
            await views.use(connection, new)
            await self.judge.hear(connection, new, changes)
            await self.context.store.write(connection, changes)
        self.judge.known.tick(entries.clocks)
        self.context.relay.wake()
        return entries.repeated(new)

    async def _pass_time(self) -> None:
        while await self.judge.step():
            self.context.relay.wake()

    async def known(self, events: Sequence[Event]) -> set[bytes]:
        return await views.known(self.context.store.pool, events)

    def forget(self) -> None:
        self.judge.known.forget()

    def assigned(self, partitions: frozenset[int]) -> None:
        self.judge.known.forget()
        self.judge.partitions = partitions
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_again())

    async def reread_quarantine(self, partitions: Sequence[int]) -> bool:
        async with self._turn():
            await self.judge.review()
        self.context.relay.wake()
        return False

    async def _look_again(self) -> None:
        """What a crash left undone and what other processes settle is taken up without traffic."""
        hold = Hold("time is not judged")
        while True:
            try:
                async with self._turn():
                    if await self.judge.waits():
                        self.judge.known.forget()
                    await self._pass_time()
            except Exception as error:
                level = logging.INFO if is_outage(error) else logging.ERROR
                log.log(level, "looking again later", exc_info=error)
                hold.failed(error, monotonic())
            else:
                hold.over()
            self.context.health.condition("judging", hold.problem(monotonic()), monotonic())
            await asyncio.sleep(AFTER_FAILURE if hold else LOOK_AGAIN)


SERVICE = Service(
    name="insight",
    hears={
        "signals": SIGNALS,
        "acquisition": ACQUISITION,
        "conversion": CONVERSION,
        "retention": RETENTION,
    },
    dead_letters_for=frozenset({"acquisition", "conversion", "retention"}),
    handler=InsightHandler,
)

if __name__ == "__main__":
    run(SERVICE)
