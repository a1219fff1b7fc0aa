"""The judge: hears events and time, and writes what follows, each step in one transaction.

It works on the store it is given and asks nobody else: time and tracing are arguments.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.insight.alerts import SOURCE, Statement, told
from services.insight.entries import Entry
from services.insight.judging import boundary, ledger
from services.insight.judging.asked import going_on
from services.insight.judging.conclusion import Conclusion
from services.insight.judging.frontier import (
    Frontier,
    Place,
    entering,
    going_further,
    idle,
    unsettled,
    vouched,
)  # fmt: skip
from services.insight.judging.judgement import Judgement
from services.insight.judging.known import Known
from services.insight.judging.model import STREAM
from services.insight.judging.people import HEARD
from services.insight.risk.carry import Coming, coming
from services.insight.risk.standards import MICROSECOND, Standards
from shared.contracts.event import Event, encode
from shared.contracts.fact import Fact
from shared.contracts.policies import CalendarOpened
from shared.contracts.topics import PARTITIONS
from shared.core.decision import SLICE, Trace
from shared.core.outbox import heartbeat
from shared.core.store import Changes, ends


class Judge:
    """One process's; `partitions` are its own. At most `most` customers are judged in one transaction."""

    def __init__(self, store: Any, trace: Trace, now: Callable[[], datetime], most: int = SLICE) -> None:
        self.store, self.now, self.most = store, now, most
        self.partitions: frozenset[int] = frozenset()
        self.known = Known(store)
        self.conclusion = Conclusion(trace, now)

    def open(self, first: Event, changes: Changes) -> None:
        """The first heartbeat opens the calendar, in the transaction that takes it."""
        assert self.known.model is not None
        if self.known.model.calendar is None:
            day = first.time.replace(hour=0, minute=0, second=0, microsecond=0)
            self._tell([CalendarOpened(origin=day)], first.time, changes)

    async def hear(self, connection: Any, new: Sequence[Entry], changes: Changes) -> None:
        """What people do about an alert is answered; what any rule hears waits for the clock. Of whom is set
        aside the latter is kept in the timeline alone, until that customer is released."""
        await self.conclusion.answer(connection, new, changes)
        heard: dict[str, list[Coming]] = {}
        partitions: dict[str, int] = {}
        for entry in new:
            event = entry.heard.event
            is_heard = entry.heard.topic == "signals" and event.data.type in HEARD
            if is_heard and event.subject not in self.known.aside:
                heard.setdefault(event.subject, []).append(coming(event, entry.known))
                partitions[event.subject] = entry.heard.partition
        if not heard:
            return
        judgement = Judgement(self.known.standards, await ledger.people(connection, heard))
        judgement.hear(heard, partitions, self.known.at)
        await self.conclusion.conclude(connection, judgement, changes)
        changes.quarantined += self.known.set_aside(judgement, self.now())
        for partition, due in judgement.timers.values():
            if due and (judged := self.known.at(partition)) and due <= judged.through + MICROSECOND:
                self.known.waiting.add(partition)

    async def review(self) -> None:
        """Whom an operator released is judged anew from all they did, and whom he set aside is not judged.

        Who fails again is set aside again, however many they are.
        """
        await self.known.load()
        await self.known.load_aside()
        released = await ledger.released(self.store.pool, self.partitions) if self.known.aside else {}
        if not released or self.known.standards is None:
            return
        changes = Changes()
        until = {p: judged for p in set(released.values()) if (judged := self.known.at(p))}
        async with self.known.transaction(until) as connection:
            await ledger.readmit(connection, released)
            people = await ledger.people(connection, released)
            judgement = Judgement(
                self.known.standards, {who: row._replace(kept=None) for who, row in people.items()}
            )
            await self._carry(connection, judgement, list(people), until)
            await self.conclusion.conclude(connection, judgement, changes)
            changes.quarantined += judgement.set_aside(self.now())
            await self.store.write(connection, changes)
        await self.known.load_aside()

    async def step(self) -> bool:
        """Judge one step further, if time allows; False when there is nothing to do but to wait."""
        await self.known.load()
        assert self.known.model is not None
        standards, decided = self.known.standards, self.known.model.settled
        if standards is None:
            return False
        places = {p: Place(self.known.clocks[p], to) for p in self.partitions if (to := self.known.at(p))}
        if entered := entering(places, standards, decided):
            await self._enter(entered, standards)
        elif await self._pass(places, standards, decided):
            return True
        elif 0 in self.partitions and (week := unsettled(self.known.clocks.values(), standards, decided)):
            await self._settle(week, standards)
        else:
            return False
        return True

    async def waits(self) -> bool:
        """Whether a partition stands at a boundary that only others can settle."""
        await self.known.load()
        assert self.known.model is not None
        standards, settled = self.known.standards, self.known.model.settled
        if standards is None:
            return 0 not in self.partitions
        judged = [to for p in self.partitions if (to := self.known.at(p))]
        standing = any(to.through >= standards.end_of(to.week) or to.week > settled for to in judged)
        return standing and len(self.partitions) < PARTITIONS

    async def _enter(self, entered: Mapping[int, Frontier], standards: Standards) -> None:
        async with self.known.transaction(entered) as connection:
            judgement = Judgement(standards, {})
            for partition, judged in sorted(entered.items()):
                async for people in ledger.watched(connection, partition):
                    judgement.enter(going_on(people, self.known.aside), partition, judged)
            await ledger.advance(connection, entered)
            aside = self.known.set_aside(judgement, self.now())
            await self.store.write(connection, Changes(timers=judgement.timers, quarantined=aside))
        self.known.judged |= entered
        self.known.waiting |= entered.keys()

    async def _pass(self, places: Mapping[int, Place], standards: Standards, settled: int) -> bool:
        """False where no time passes and nothing is due: then nothing is written."""
        if not (further := going_further(places, self.known.waiting, standards, settled)):
            return False
        most = max(1, self.most // len(further))
        ripe = await self.store.timers({p: to.through for p, to in further.items()}, most)
        more = ends(ripe, most)
        for partition in idle(further, places, {timer.partition for timer in ripe}):
            del further[partition]
            self.known.waiting.discard(partition)
        if not further:
            return False
        done = {partition: to for partition, to in further.items() if partition not in more}
        aside = [timer for timer in ripe if timer.stream.id in self.known.aside]
        changes = Changes(
            heartbeats={
                p: self._heartbeat(p, to.through) for p, to in done.items() if to != self.known.at(p)
            },
            timers={timer.stream: (timer.partition, None) for timer in aside},
        )
        async with self.known.transaction(further) as connection:
            if names := [timer.stream.id for timer in ripe if timer not in aside]:
                changes.fired = len(ripe)
                judgement = Judgement(standards, await ledger.people(connection, names))
                await self._carry(connection, judgement, names, further)
                await self.conclusion.conclude(connection, judgement, changes)
                changes.quarantined += self.known.set_aside(judgement, self.now())
            await ledger.advance(connection, done)
            await self.store.write(connection, changes)
        self.known.judged |= done
        self.known.waiting -= {p for p in done if not self.known.clocks[p].closed}
        return True

    async def _carry(
        self, connection: Any, judgement: Judgement, customers: Collection[str], until: Mapping[int, Frontier]
    ) -> None:
        """On to there; who has to be judged anew on the way, by all they did and all that was said."""
        while customers := list(judgement.pass_time(customers, until, self.known.at)):
            heard = await ledger.heard(connection, customers)
            said = await ledger.told(connection, customers)
            for customer in customers:
                judgement.revise(customer, heard[customer], told(said[customer]), until)
            customers = [customer for customer in customers if customer not in judgement.failed]

    def _heartbeat(self, partition: int, through: datetime) -> bytes:
        return encode(heartbeat(SOURCE, partition, *vouched(self.known.clocks[partition], through)))

    async def _settle(self, week: int, standards: Standards) -> None:
        """What the boundary teaches each rule becomes facts."""
        facts = await boundary.taught(self.store, standards, week)
        changes = Changes()
        self._tell(facts, standards.calendar.boundary(week), changes)
        await self.store.commit(changes)

    def _tell(self, facts: Sequence[Fact], moment: datetime, changes: Changes) -> None:
        for number, fact in enumerate(facts, self.known.version + 1):
            changes.facts.append(self.conclusion.row(STREAM, number, Statement(fact, moment, None), 0))
        self.known.adopt(facts)
