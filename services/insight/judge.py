"""The judge: hears purchases and time, and writes what follows, each step in one transaction.

It works on the store it is given and asks nobody else: time and tracing are arguments.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any

from services.insight import ledger
from services.insight.alerts import SOURCE, Statement, recorded, statement, told
from services.insight.churn.buyer import Judged, opened
from services.insight.churn.policy import Policy
from services.insight.churn.refit import refit
from services.insight.churn.rules import Rules
from services.insight.churn.weeks import DAY, morning
from services.insight.entries import Entry
from services.insight.judgement import Judgement, customer_of, stream
from services.insight.model import MODEL, STREAM, Model, Open, Refit, outcome
from services.insight.progress import Place, entering, fit_due, passing
from shared.batch import Trace, pulse
from shared.clock import Clock
from shared.contracts.event import Event, encode
from shared.contracts.insight import INSIGHT
from shared.contracts.reading import read
from shared.contracts.topics import PARTITIONS
from shared.store import Changes, StoredFact

NOT_BEGUN = Judged(date.min, -1)
"""Before the calendar has opened: nobody is judged, nothing is late."""


class Judge:
    """Everything it remembers can be forgotten and read again."""

    def __init__(self, store: Any, policy: Policy, trace: Trace, now: Callable[[], datetime]) -> None:
        self.store, self.policy, self.trace, self.now = store, policy, trace, now
        self.partitions: frozenset[int] = frozenset()
        self.heartbeats: dict[int, Event] = {}
        self.model: Model | None = None
        self.rules: Rules | None = None
        self.judged: dict[int, Judged] = {}
        self.clocks: dict[int, Clock] = {}
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
        self._adopt(MODEL.replay(read(body, (), INSIGHT).data for body in bodies), len(bodies))  # type: ignore[misc]
        self.judged = await ledger.judged(self.store.pool)
        self.clocks = dict(await self.store.clocks(range(PARTITIONS)))

    def _adopt(self, model: Model, version: int) -> None:
        self.model, self.model_version = model, version
        self.rules = model.rules(self.policy)

    @asynccontextmanager
    async def transaction(self, partitions: Collection[int]) -> AsyncIterator[Any]:
        """Inside it these partitions are as remembered. Errors: `Conflict` when somebody else changed one."""
        seen = {partition: self._versions.get(partition, 0) for partition in partitions}
        async with self.store.transaction() as connection:
            await ledger.claim(connection, seen)
            yield connection
        self._versions |= {partition: version + 1 for partition, version in seen.items()}

    def at(self, partition: int) -> Judged:
        """How far a partition is judged."""
        if self.rules is None:
            return NOT_BEGUN
        return self.judged.get(partition, opened(self.rules.weeks))

    def open(self, first: Event, changes: Changes) -> None:
        """The first heartbeat opens the calendar, in the transaction that takes it."""
        self._decide_model(Open(), first.time, first, changes)

    async def hear(
        self, connection: Any, bought: Mapping[str, Sequence[date]], new: Sequence[Entry], changes: Changes
    ) -> None:
        """New days of purchase, judged at once; what they change joins `changes`."""
        causes = {entry.heard.event.subject: entry.heard for entry in new}
        judgement = Judgement(self.rules, await ledger.buyers(connection, bought))
        late = [
            customer
            for customer, days in bought.items()
            if not judgement.hear(customer, p := causes[customer].partition, days, self.at(p))
        ]
        if late:
            await self._revise(connection, judgement, late, {c: causes[c].partition for c in late})
        await self._conclude(connection, judgement, {c: h.event for c, h in causes.items()}, changes)

    async def _revise(
        self, connection: Any, judgement: Judgement, late: Collection[str], partitions: Mapping[str, int]
    ) -> None:
        days = await ledger.days(connection, late)
        facts = await self.store.bodies([stream(customer) for customer in late])
        for customer in late:
            before = told(read(body, (), INSIGHT) for body in facts.get(stream(customer), ()))
            partition = partitions[customer]
            judgement.revise(customer, partition, days[customer], before, self.at(partition))

    async def step(self) -> bool:
        """Judge one step further, if time allows; False when there is nothing to do but to wait."""
        await self.load()
        assert self.model is not None
        if self.rules is None:
            return False
        places = {p: Place(self.clocks[p], self.at(p)) for p in self.partitions}
        if entered := entering(places, self.rules, self.model.weeks_decided):
            await self._enter(entered)
        elif further := passing(places, self.rules):
            await self._pass(further)
        elif 0 in self.partitions and (
            week := fit_due(self.clocks.values(), self.rules, self.model.weeks_decided)
        ):
            await self._refit(week)
        else:
            return False
        return True

    async def waits(self) -> bool:
        """Whether a partition stands at a boundary that only others can settle."""
        await self.load()
        if self.rules is None:
            return 0 not in self.partitions
        ends = (self.rules.weeks.boundary(self.at(p).week + 1) - DAY for p in self.partitions)
        standing = any(self.at(p).through >= end for p, end in zip(self.partitions, ends, strict=True))
        return standing and len(self.partitions) < PARTITIONS

    async def _enter(self, entered: Mapping[int, Judged]) -> None:
        async with self.transaction(entered) as connection:
            judgement = Judgement(self.rules, await ledger.watched(connection, entered))
            judgement.enter_week(entered)
            await ledger.judge(connection, entered)
            await self.store.write(connection, Changes(dues=judgement.dues))
        self.judged |= entered

    async def _pass(self, further: Mapping[int, Judged]) -> None:
        until = {partition: morning(to.through) for partition, to in further.items()}
        ripe = await self.store.dues(until)
        changes = Changes(pulses={p: self._pulse(p, moment) for p, moment in until.items()})
        async with self.transaction(further) as connection:
            if ripe:
                changes.fired = len(ripe)
                judgement = Judgement(
                    self.rules, await ledger.buyers(connection, {customer_of(d.stream) for d in ripe})
                )
                judgement.pass_time(ripe, further)
                causes = {customer_of(d.stream): self.heartbeats.get(d.partition) for d in ripe}
                await self._conclude(connection, judgement, causes, changes)
            await ledger.judge(connection, further)
            await self.store.write(connection, changes)
        self.judged |= further

    def _pulse(self, partition: int, reached: datetime) -> bytes:
        clock = self.clocks[partition]
        spoken = clock.closed and clock.reached is not None and clock.reached - reached < timedelta(days=1)
        sources = clock.sources if spoken else {}
        return encode(pulse(SOURCE, partition, Clock(sources, reached)))

    async def _refit(self, week: int) -> None:
        assert self.rules is not None
        boundary = self.rules.weeks.boundary(week)
        made = refit(await ledger.calibration(self.store.pool, boundary), week, self.rules)
        before = self.rules.schedule.at(week - 1)
        changes = Changes()
        self._decide_model(
            Refit(outcome(made, week, before.version if before else None)), morning(boundary), None, changes
        )
        await self.store.commit(changes)

    def _decide_model(
        self, command: Open | Refit, at: datetime, cause: Event | None, changes: Changes
    ) -> None:
        assert self.model is not None
        model, version = self.model, self.model_version
        for fact in MODEL.decide(model, command, at):
            version += 1
            changes.facts.append(self._row(STREAM, version, Statement(fact, at, None), 0, cause))
            model = MODEL.evolve(model, fact)
        self._adopt(model, version)

    async def _conclude(
        self, connection: Any, judgement: Judgement, causes: Mapping[str, Event | None], changes: Changes
    ) -> None:
        """Keep everyone touched; every change is a fact with its evidence."""
        await ledger.remember(connection, judgement.touched)
        changes.dues |= judgement.dues
        customers = {customer for customer, _ in judgement.told}
        purchases = await ledger.evidence(connection, customers) if customers else {}
        for customer, version, change in judgement.numbered():
            partition = judgement.touched[customer].partition
            said = statement(change, purchases.get(customer, ()), self.at(partition).through)
            changes.facts.append(self._row(stream(customer), version, said, partition, causes.get(customer)))

    def _row(
        self, name: str, version: int, said: Statement, partition: int, cause: Event | None
    ) -> StoredFact:
        subject = "" if name == STREAM else customer_of(name)
        trace = self.trace(said.parent or (cause.traceparent if cause else None), said.fact.type)
        return recorded(name, version, subject, said, partition, cause, self.now(), trace)
