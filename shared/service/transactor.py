"""Load what a whole batch needs, decide, write it in one transaction: constant round trips a batch."""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from shared.contracts.fact import Vocabulary
from shared.contracts.signals import SourceHeartbeat
from shared.core.batch import Batch, Heard, Stage
from shared.core.decision import SLICE, BatchDecision, Trace
from shared.core.quarantine import Failures, kind_of
from shared.core.store import Store, TopicPartition
from shared.service.snapshots import Decided, Snapshots, Taking

log = logging.getLogger(__name__)
TURN = 100
"""Events decided before the writing beside them gets its turn again: a millisecond or two."""


class Prepared(NamedTuple):
    """A batch decided ahead; good as long as the batch before it was written and nothing was forgotten."""

    batch: Batch
    decided: Decided
    generation: int


class Transactor:
    """One stage on its store. Streams are remembered between batches; a conflict forgets them all.

    At most `most` timers fire in one transaction.
    """

    def __init__(self, stage: Stage, vocabulary: Vocabulary, store: Store, most: int = SLICE) -> None:
        self.stage, self.vocabulary, self.store, self.most = stage, vocabulary, store, most
        self.snapshots = Snapshots(stage, vocabulary, store, most)
        self._fired = Failures()
        self._generation = 0
        self._prepared: Prepared | None = None
        self._writing: Decided | None = None
        self._is_decided = asyncio.Event()
        self._is_decided.set()

    def forget(self) -> None:
        """Trust nothing remembered: another process may have written, or a commit's reply was lost."""
        self._generation += 1
        self.snapshots.forget()

    async def reread_quarantine(self, partitions: Sequence[int]) -> bool:
        """What an operator released goes on, what he set aside stands still; `partitions` are all our own.

        True when dead letters were asked for that a released stream takes first.
        """
        return await self.snapshots.reread_quarantine(partitions)

    def is_prepared(self, batch: Batch) -> bool:
        """Whether that very batch was decided ahead, and still may be written so."""
        known = self._prepared
        return known is not None and known.batch is batch and known.generation == self._generation

    async def prepare(self, batch: Batch, recorded: datetime, trace: Trace) -> None:
        """Decide the batch while the one before it is written, if it may be; `transact` has the last word.

        Changes nothing, and raises nothing of it: what fails here is met again in its turn.
        """
        await self._is_decided.wait()
        behind, generation = self._writing, self._generation
        if behind is None:
            return
        try:
            taking = [self._taking(heard) for heard in batch.heard]
            if self.snapshots.may_go_ahead(taking, behind):
                decided = await self._decide(taking, recorded, trace, behind)
                self._prepared = Prepared(batch, decided, generation)
        except Exception as error:  # noqa: BLE001 - it may stand on what will never be written
            log.debug("not decided ahead: %s", type(error).__name__)

    async def transact(self, batch: Batch, recorded: datetime, trace: Trace) -> Counter[str]:
        """Decide and write one batch; per topic the number of events heard before (duplicates).

        One transaction; several, when more timers are due than fire in one. Positions move with the last: who
        dies before it hears the batch again, finds its events taken, and goes on where the clock stands.

        Errors: `Conflict`, `Fenced` (nothing written: forget, read positions, hear again), and whatever a
        decider raises.
        """
        prepared = self._prepared if self.is_prepared(batch) else None
        self._prepared = None
        self._is_decided.clear()
        try:
            if prepared:
                await self._write_last(prepared.decided, batch)
                return prepared.decided.again
            return await self._slices(batch, recorded, trace)
        except BaseException:
            self._generation += 1  # whatever is decided on top of it was never true
            raise
        finally:
            self._writing = None
            self._is_decided.set()

    async def _slices(self, batch: Batch, recorded: datetime, trace: Trace) -> Counter[str]:
        rest: Sequence[Taking] = [self._taking(heard) for heard in batch.heard]
        repeated: Counter[str] = Counter()
        cut = False
        while True:
            # After a cut its heartbeat goes on alone, so that each further slice costs what it fires.
            decided = await self._decide(rest[:1] if cut else rest, recorded, trace)
            rest, cut = rest[decided.taken :], decided.decision.cut
            repeated += decided.again
            if not rest:
                await self._write_last(decided, batch)
                return repeated
            batch.refused.extend(decided.decision.changes.dead_letters)
            await self._write(decided, {place: (at, at) for place, (at, _) in batch.positions.items()})

    def _taking(self, heard: Heard) -> Taking:
        event = heard.event
        identity = None if type(event.data) is SourceHeartbeat else event.identity
        return heard, self.stage.react(event), identity

    async def _decide(
        self, taking: Sequence[Taking], recorded: datetime, trace: Trace, behind: Decided | None = None
    ) -> Decided:
        loaded = await self.snapshots.load(taking, behind)
        decision = BatchDecision(self.stage, loaded.snapshot, recorded, trace, self.most)
        again: Counter[str] = Counter()
        for number, (heard, routed, identity) in enumerate(taking):
            if not decision.hear(heard, routed, identity):
                again[heard.topic] += 1
            if decision.cut:
                return Decided(loaded, decision, number, again)
            if behind and number % TURN == 0:
                await asyncio.sleep(0)
        return Decided(loaded, decision, len(taking), again)

    async def _write_last(self, decided: Decided, batch: Batch) -> None:
        batch.refused.extend(decided.decision.changes.dead_letters)
        decided.decision.changes.dead_letters.extend(batch.dead_letters)
        self._writing = decided
        self._is_decided.set()
        await self._write(decided, batch.positions)

    async def _write(self, decided: Decided, positions: Mapping[TopicPartition, tuple[int, int]]) -> None:
        changes = decided.decision.changes
        changes.positions.update(positions)
        known = decided.loaded.snapshot
        failing = {
            each.stream: each.reason
            for each in changes.quarantined
            if each.stream not in known.unreadable
            and (each.stream not in known.quarantined or each.stream in known.released)
        }
        outcomes = list(decided.decision.outcomes)
        for stream in await self.snapshots.again(failing):
            del failing[stream]
            outcomes.remove(True)
        fired = self._fired.after(outcomes, failing)
        await self.store.commit(changes)
        self._fired = fired
        self.snapshots.adopt(decided)
        for each in changes.quarantined:
            log.error(
                "a stream of category %s is quarantined: %s", each.stream.category, kind_of(each.reason)
            )
