"""The work of a stage: every batch through `transact`, inside a span that links its causes, counted."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from shared.contracts.fact import Vocabulary
from shared.core.batch import Batch, Stage
from shared.core.transactor import Transactor
from shared.observe.telemetry import batch_span, decision_trace
from shared.service.runtime import Ground


class StageWork:
    """Keeps `shared.core.handler.Work` for one stage."""

    def __init__(self, stage: Stage, vocabulary: Vocabulary, ground: Ground) -> None:
        self.stage, self.ground = stage, ground
        self.transactor = Transactor(stage, vocabulary, ground.store)

    async def take(self, batch: Batch) -> Counter[str]:
        with batch_span(self.stage.name, [heard.event.traceparent for heard in batch.heard]):
            repeated = await self.transactor.transact(batch, datetime.now(UTC), decision_trace)
        self.ground.relay.wake()
        return repeated

    def forget(self) -> None:
        self.transactor.forget()

    def assigned(self, partitions: frozenset[int]) -> None:
        self.transactor.forget()


def stage_work(stage: Stage, vocabulary: Vocabulary) -> Callable[[Ground], StageWork]:
    """A stage's work, once there is ground for it to stand on."""
    return lambda ground: StageWork(stage, vocabulary, ground)
