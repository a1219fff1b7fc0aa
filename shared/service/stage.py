"""The handler of a stage: every batch through `transact`, inside a span that links its causes, counted."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from shared.contracts.event import Event
from shared.contracts.fact import Vocabulary
from shared.core.batch import Batch, Stage
from shared.observe.telemetry import batch_span, decision_trace, is_recording
from shared.service.runtime import ServiceContext
from shared.service.suspects import naming_suspects
from shared.service.transactor import Transactor


class StageHandler:
    """Keeps `shared.core.handler.Handler` for one stage."""

    def __init__(self, stage: Stage, vocabulary: Vocabulary, context: ServiceContext) -> None:
        self.stage, self.context = stage, context
        self.transactor = Transactor(stage, vocabulary, context.store)

    @property
    def awaits(self) -> frozenset[str]:
        return self.stage.awaits

    async def prepare(self, batch: Batch) -> None:
        """Not while spans are recorded: they are children of the batch that is being written."""
        if not is_recording():
            await self.transactor.prepare(batch, datetime.now(UTC), decision_trace)

    async def handle(self, batch: Batch) -> Counter[str]:
        with batch_span(self.stage.name, (heard.event.traceparent for heard in batch.heard)):
            async with naming_suspects(self.context.store.pool):
                repeated = await self.transactor.transact(batch, datetime.now(UTC), decision_trace)
        self.context.relay.wake()
        return repeated

    async def known(self, events: Sequence[Event]) -> set[bytes]:
        return await self.context.store.seen([event.identity for event in events])

    async def reread_quarantine(self, partitions: Sequence[int]) -> bool:
        return await self.transactor.reread_quarantine(partitions)

    def forget(self) -> None:
        self.transactor.forget()

    def assigned(self, partitions: frozenset[int]) -> None:
        self.transactor.forget()


def stage_handler(stage: Stage, vocabulary: Vocabulary) -> Callable[[ServiceContext], StageHandler]:
    """A stage's handler, once its context is there."""
    return lambda context: StageHandler(stage, vocabulary, context)
