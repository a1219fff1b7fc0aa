"""What a judge knows of its database between two steps: all of it can be forgotten and read again."""

import logging
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

from services.insight import ledger
from services.insight.churn.buyer import Judged, opened
from services.insight.churn.policy import Policy
from services.insight.churn.rules import Rules
from services.insight.judgement import Judgement, Person
from services.insight.model import MODEL, STREAM, Model
from shared.contracts.insight import INSIGHT
from shared.contracts.reading import recall
from shared.contracts.topics import PARTITIONS
from shared.core.quarantine import Failures, Quarantine, kind_of
from shared.core.watermark import Clock

log = logging.getLogger(__name__)

NOT_BEGUN = Judged(date.min, -1)
"""Before the calendar has opened: nobody is judged, nothing is late."""


class Known:
    """The model and the facts it has (`version`), the rules that follow; per partition its clock and how far
    it is judged; whom it has set `aside`."""

    def __init__(self, store: Any, policy: Policy) -> None:
        self.store, self.policy = store, policy
        self.model: Model | None = None
        self.version = 0
        self.rules: Rules | None = None
        self.judged: dict[int, Judged] = {}
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
        bodies = (await self.store.bodies([STREAM])).get(STREAM, ())
        self.adopt(MODEL.replay(recall(body, INSIGHT).data for body in bodies), len(bodies))  # type: ignore[misc]
        self.judged = await ledger.judged(self.store.pool)
        self.clocks = dict(await self.store.clocks(range(PARTITIONS)))
        await self.load_aside()

    async def load_aside(self) -> None:
        """Whose judgement stands still; an operator may have set aside more of them, or released some."""
        quarantined = await self.store.quarantined(range(PARTITIONS))
        self.aside = frozenset(name.id for name in quarantined)

    def going_on(self, people: Mapping[str, Person]) -> dict[str, Person]:
        """Those who are not set aside."""
        return {customer: person for customer, person in people.items() if customer not in self.aside}

    def set_aside(self, judgement: Judgement, since: datetime) -> list[Quarantine]:
        """Those whose judgement failed. Errors: `StreamsFail` when too many did: the release is at fault."""
        self._failed = judgement.set_aside(since)
        failing = {each.stream: each.reason for each in self._failed}
        self._asked = self._failures.after(judgement.outcomes, failing)
        return self._failed

    def adopt(self, model: Model, version: int) -> None:
        self.model, self.version = model, version
        self.rules = model.rules(self.policy)

    def at(self, partition: int) -> Judged:
        """How far a partition is judged."""
        if self.rules is None:
            return NOT_BEGUN
        return self.judged.get(partition, opened(self.rules.weeks))

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
