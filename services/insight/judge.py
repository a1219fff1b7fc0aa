"""The judge: hears purchases and time, and writes what follows, each step in one transaction.

It works on the store it is given and asks nobody else: time and tracing are arguments.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from services.insight import ledger
from services.insight.alerts import SOURCE, Statement, told
from services.insight.churn.buyer import Judged
from services.insight.churn.policy import Policy
from services.insight.churn.refit import refit
from services.insight.churn.weeks import DAY, morning
from services.insight.conclusion import Conclusion
from services.insight.entries import Entry
from services.insight.judgement import Judgement, stream
from services.insight.known import Known
from services.insight.model import MODEL, STREAM, Open, Refit, outcome
from services.insight.progress import Place, entering, fit_due, part_of, passing, vouched
from shared.contracts.event import Event, encode
from shared.contracts.insight import INSIGHT
from shared.contracts.reading import recall
from shared.contracts.topics import PARTITIONS
from shared.core.decision import SLICE, Trace
from shared.core.outbox import heartbeat
from shared.core.store import Changes, ends


class Judge:
    """One process's; `partitions` are its own. At most `most` customers are judged in one transaction."""

    def __init__(
        self, store: Any, policy: Policy, trace: Trace, now: Callable[[], datetime], most: int = SLICE
    ) -> None:
        self.store, self.now, self.most = store, now, most
        self.partitions: frozenset[int] = frozenset()
        self.heartbeats: dict[int, Event] = {}
        self.known = Known(store, policy)
        self.conclusion = Conclusion(self.known, trace, now)

    def open(self, first: Event, changes: Changes) -> None:
        """The first heartbeat opens the calendar, in the transaction that takes it."""
        self._decide_model(Open(), first.time, first, changes)

    async def hear(
        self, connection: Any, bought: Mapping[str, Sequence[date]], new: Sequence[Entry], changes: Changes
    ) -> None:
        """New days of purchase, judged at once; what they change joins `changes`.

        Of whom is set aside they are kept alone, until that customer is released.
        """
        causes = {entry.heard.event.subject: entry.heard for entry in new}
        bought = {customer: days for customer, days in bought.items() if customer not in self.known.aside}
        judgement = Judgement(self.known.rules, await ledger.buyers(connection, bought))
        late = [
            customer
            for customer, days in bought.items()
            if not judgement.hear(customer, p := causes[customer].partition, days, self.known.at(p))
        ]
        if late:
            await self._revise(connection, judgement, late, {c: causes[c].partition for c in late})
        await self.conclusion.conclude(
            connection, judgement, {c: h.event for c, h in causes.items()}, changes
        )
        changes.quarantined += self.known.set_aside(judgement, self.now())

    async def _revise(
        self, connection: Any, judgement: Judgement, late: Collection[str], partitions: Mapping[str, int]
    ) -> None:
        days = await ledger.days(connection, late)
        facts = await self.store.bodies([stream(customer) for customer in late])
        for customer in late:
            partition = partitions[customer]
            with judgement.asking(customer, partition):
                before = told(recall(body, INSIGHT) for body in facts.get(stream(customer), ()))
                judgement.revise(
                    customer, partition, days.get(customer, ()), before, self.known.at(partition)
                )

    async def review(self) -> None:
        """Whom an operator released is judged anew from all their days, and whom he set aside is not judged.

        Who fails again is set aside again, however many they are.
        """
        await self.known.load()
        await self.known.load_aside()
        released = await ledger.released(self.store.pool, self.partitions) if self.known.aside else {}
        if not released or self.known.rules is None:
            return
        changes = Changes()
        async with self.known.transaction(set(released.values())) as connection:
            await ledger.readmit(connection, released)
            judgement = Judgement(self.known.rules, await ledger.buyers(connection, released))
            await self._revise(connection, judgement, released, released)
            await self.conclusion.conclude(connection, judgement, {}, changes)
            changes.quarantined += judgement.set_aside(self.now())
            await self.store.write(connection, changes)
        await self.known.load_aside()

    async def step(self) -> bool:
        """Judge one step further, if time allows; False when there is nothing to do but to wait."""
        await self.known.load()
        assert self.known.model is not None
        if self.known.rules is None:
            return False
        places = {p: Place(self.known.clocks[p], self.known.at(p)) for p in self.partitions}
        if entered := entering(places, self.known.rules, self.known.model.weeks_decided):
            await self._enter(entered)
        elif further := passing(places, self.known.rules):
            await self._pass(further)
        elif 0 in self.partitions and (
            week := fit_due(self.known.clocks.values(), self.known.rules, self.known.model.weeks_decided)
        ):
            await self._refit(week)
        else:
            return False
        return True

    async def waits(self) -> bool:
        """Whether a partition stands at a boundary that only others can settle."""
        await self.known.load()
        if self.known.rules is None:
            return 0 not in self.partitions
        ends = (self.known.rules.weeks.boundary(self.known.at(p).week + 1) - DAY for p in self.partitions)
        standing = any(self.known.at(p).through >= end for p, end in zip(self.partitions, ends, strict=True))
        return standing and len(self.partitions) < PARTITIONS

    async def _enter(self, entered: Mapping[int, Judged]) -> None:
        async with self.known.transaction(entered) as connection:
            judgement = Judgement(self.known.rules, {})
            for partition, judged in sorted(entered.items()):
                watched = self.known.going_on(await ledger.watched(connection, [partition]))
                judgement.enter_week(watched, partition, judged)
            await ledger.judge(connection, entered)
            aside = self.known.set_aside(judgement, self.now())
            await self.store.write(connection, Changes(timers=judgement.timers, quarantined=aside))
        self.known.judged |= entered

    async def _pass(self, further: Mapping[int, Judged]) -> None:
        most = max(1, self.most // len(further))
        due = await self.store.timers({p: morning(to.through) for p, to in further.items()}, most)
        part = part_of(further, {p: self.known.at(p) for p in further}, ends(due, most))
        ripe = [timer for timer in due if timer.at <= morning(part.until[timer.partition].through)]
        aside = [timer for timer in ripe if timer.stream.id in self.known.aside]
        beats = {p: self._heartbeat(p, morning(to.through)) for p, to in part.judged.items()}
        changes = Changes(heartbeats=beats, timers={d.stream: (d.partition, None) for d in aside})
        async with self.known.transaction(further) as connection:
            if ripe:
                changes.fired = len(ripe)
                judgement = Judgement(
                    self.known.rules, await ledger.buyers(connection, {d.stream.id for d in ripe})
                )
                judgement.pass_time((d for d in ripe if d not in aside), part.until)
                causes = {d.stream.id: self.heartbeats.get(d.partition) for d in ripe}
                await self.conclusion.conclude(connection, judgement, causes, changes)
                changes.quarantined += self.known.set_aside(judgement, self.now())
            await ledger.judge(connection, part.judged)
            await self.store.write(connection, changes)
        self.known.judged |= part.judged

    def _heartbeat(self, partition: int, reached: datetime) -> bytes:
        return encode(heartbeat(SOURCE, partition, *vouched(self.known.clocks[partition], reached)))

    async def _refit(self, week: int) -> None:
        assert self.known.rules is not None
        boundary = self.known.rules.weeks.boundary(week)
        made = refit(await ledger.calibration(self.store.pool, boundary), week, self.known.rules)
        before = self.known.rules.schedule.at(week - 1)
        changes = Changes()
        self._decide_model(
            Refit(outcome(made, week, before.version if before else None)), morning(boundary), None, changes
        )
        await self.store.commit(changes)

    def _decide_model(
        self, command: Open | Refit, at: datetime, cause: Event | None, changes: Changes
    ) -> None:
        assert self.known.model is not None
        model, version = self.known.model, self.known.version
        for fact in MODEL.decide(model, command, at):
            version += 1
            changes.facts.append(self.conclusion.row(STREAM, version, Statement(fact, at, None), 0, cause))
            model = MODEL.evolve(model, fact)
        self.known.adopt(model, version)
