"""What a judge knows of its database between two steps: all of it can be forgotten and read again."""

import logging
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from services.insight.judging import ledger
from services.insight.judging.frontier import Frontier, opened
from services.insight.judging.judgement import Judgement
from services.insight.judging.model import FORMER, STREAM, Model, evolve, replay
from services.insight.risk.standards import Standards
from shared.contracts.fact import Fact
from shared.contracts.insight import INSIGHT
from shared.contracts.reading import recall
from shared.contracts.topics import PARTITIONS
from shared.core.quarantine import Failures, Quarantine, kind_of
from shared.core.watermark import Clock

log = logging.getLogger(__name__)


class Known:
    """The model and the facts it has (`version`), the standards that follow; per partition its clock and how
    far it is judged, and which of them may have something due where they stand (`waiting`); whom it has set
    `aside`."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.model: Model | None = None
        self.version = 0
        self.standards: Standards | None = None
        self.judged: dict[int, Frontier] = {}
        self.waiting: set[int] = set()
        self.clocks: dict[int, Clock] = {}
        self.aside: frozenset[str] = frozenset()
        self._failures = self._asked = Failures()  # adopted with the commit: a try is not counted twice
        self._failed: list[Quarantine] = []
        self._versions: dict[int, int] = {}
        self._trusted = False

    def forget(self) -> None:
        """Read everything again before the next step; a step that is under way ends on what it has read."""
        self._trusted = False

    async def load(self) -> None:
        """Read what was forgotten: the versions first, so that whatever changes after them is noticed."""
        if self._trusted:
            return
        self._trusted = True
        self._versions = await ledger.versions(self.store.pool)
        said = await self.store.bodies([FORMER, STREAM])
        bodies = [body for name in (FORMER, STREAM) for body in said.get(name, ())]
        self.model = replay(recall(body, INSIGHT).data for body in bodies)
        self.version, self.standards = len(said.get(STREAM, ())), self.model.standards()
        self.judged = await ledger.frontiers(self.store.pool)
        self.clocks = dict(await self.store.clocks(range(PARTITIONS)))
        self.waiting = set(range(PARTITIONS))
        await self.load_aside()

    async def load_aside(self) -> None:
        """Whose judgement stands still; an operator may have set aside more of them, or released some."""
        quarantined = await self.store.quarantined(range(PARTITIONS))
        self.aside = frozenset(name.id for name in quarantined)

    def set_aside(self, judgement: Judgement, since: datetime) -> list[Quarantine]:
        """Those whose judgement failed. Errors: `StreamsFail` when too many did: the release is at fault."""
        self._failed = judgement.set_aside(since)
        failing = {each.stream: each.reason for each in self._failed}
        self._asked = self._failures.after(judgement.outcomes, failing)
        return self._failed

    def adopt(self, facts: Iterable[Fact]) -> None:
        """More facts of the model, in the transaction that writes them."""
        assert self.model is not None
        for fact in facts:
            self.model, self.version = evolve(self.model, fact), self.version + 1
        self.standards = self.model.standards()

    def tick(self, clocks: Mapping[int, Clock]) -> None:
        """Clocks as a batch has left them; what waits for one to go on waits no longer once it has closed."""
        self.clocks |= clocks
        self.waiting |= {partition for partition, clock in clocks.items() if clock.closed}

    def at(self, partition: int) -> Frontier | None:
        """How far a partition is judged; None before the calendar has opened."""
        return self.judged.get(partition, opened(self.standards)) if self.standards else None

    @asynccontextmanager
    async def transaction(self, partitions: Collection[int]) -> AsyncIterator[Any]:
        """Inside it these partitions are as remembered. Errors: `Conflict` when somebody else changed one."""
        seen = {partition: self._versions.get(partition, 0) for partition in partitions}
        self._asked, self._failed = self._failures, []
        async with self.store.transaction() as connection:
            await ledger.claim(connection, seen)
            yield connection
        self._versions |= {partition: version + 1 for partition, version in seen.items()}
        self._failures = self._asked
        self.aside |= {each.stream.id for each in self._failed}
        for each in self._failed:
            log.error(
                "a stream of category %s is quarantined: %s", each.stream.category, kind_of(each.reason)
            )
