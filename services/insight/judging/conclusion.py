"""What a judgement comes to: everyone touched is kept, and every change is a fact with its evidence. So is
what people do about an alert, and what became of it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from services.insight.alerts import MOST_EVIDENCE, Statement, recorded, statement, types_heard
from services.insight.entries import Entry
from services.insight.judging import ledger
from services.insight.judging.evidence import Question
from services.insight.judging.judgement import Judgement
from services.insight.judging.model import STREAM
from services.insight.judging.people import Row, stream, unheard
from services.insight.lifecycle.alerts import Alerts, replay
from services.insight.lifecycle.answers import answers
from services.insight.lifecycle.deeds import Deed, due
from services.insight.lifecycle.outcomes import Judged, folded, statement_of, with_outcomes
from services.insight.risk.alert import Raised
from services.insight.risk.carry import Spoken
from services.insight.risk.standards import Standards
from shared.contracts.event import Event
from shared.core.decision import Trace
from shared.core.store import Changes, StoredFact
from shared.core.stream import StreamName


class Conclusion:
    """Writes on the connection it is given; what goes into the log joins `changes`."""

    def __init__(self, trace: Trace, now: Callable[[], datetime]) -> None:
        self.trace, self.now = trace, now

    async def conclude(self, connection: Any, judgement: Judgement, changes: Changes) -> None:
        """Of whom even this fails, nothing is kept."""
        judged, kept = await self._judged(connection, judgement), judgement.touched
        speaking = [customer for customer, row in kept.items() if customer in judged or row.is_over]
        before = await ledger.told(connection, speaking)
        for customer in speaking:
            row, alerts = kept[customer], replay(before[customer])
            with judgement.asking(customer, row.partition):
                assert row.kept is not None, f"{customer} was not judged anew"
                said = with_outcomes(alerts, judged.get(customer, ()), row.kept.through)
                kept[customer] = self._say(customer, row, alerts, said, changes)
        await ledger.remember(connection, kept)
        changes.timers |= {
            name: (partition, kept[name.id].due(at) if name.id in kept else at)
            for name, (partition, at) in judgement.timers.items()
        }

    async def answer(self, connection: Any, new: Iterable[Entry], changes: Changes) -> None:
        """What people do about an alert is taken or refused as it is heard, by what was said until then; also
        where the customer is set aside, for nothing has to be judged."""
        deeds: dict[str, list[Event]] = {}
        rows: dict[str, Row] = {}
        for entry in new:
            event = entry.heard.event
            if isinstance(event.data, Deed):
                deeds.setdefault(event.subject, []).append(event)
                rows[event.subject] = unheard(entry.heard.partition)
        if not deeds:
            return
        people = await ledger.people(connection, deeds)
        await ledger.remember(connection, {who: row for who, row in rows.items() if who not in people})
        rows |= people
        for customer, before in (await ledger.told(connection, deeds)).items():
            said = [statement_of(each) for each in answers(before, deeds[customer])]
            rows[customer] = self._say(customer, rows[customer], replay(before), said, changes)
        await ledger.answered(connection, rows)

    def _say(
        self, customer: str, row: Row, alerts: Alerts, said: Sequence[Statement], changes: Changes
    ) -> Row:
        """More of a customer's stream; `alerts` are those before it."""
        name, after = stream(customer), folded(alerts, said)
        changes.facts += [
            self.row(name, version, each, row.partition) for version, each in enumerate(said, row.version + 1)
        ]
        return row._replace(version=row.version + len(said), over=due(after))

    async def _judged(self, connection: Any, judgement: Judgement) -> dict[str, list[Judged]]:
        """Each change as a fact with its evidence, in the order in which they are said."""
        spoken = [(customer, each) for customer, said in judgement.said.items() for each in said]
        evidence = await self._evidence(connection, spoken, judgement.standards)
        paid = await self._paid(connection, spoken)
        judged: dict[str, list[Judged]] = {}
        for place, (customer, each) in enumerate(spoken):
            with judgement.asking(customer, judgement.people[customer].partition):
                assert judgement.standards is not None
                said = statement(each, evidence.get(place, ()), paid.get(place, ()), judgement.standards)
                judged.setdefault(customer, []).append(Judged(said, each.cause))
        return judged

    async def _evidence(
        self, connection: Any, spoken: list[tuple[str, Spoken]], standards: Standards | None
    ) -> dict[int, Any]:
        asked = {
            place: Question(customer, each.change.at, each.at, types)
            for place, (customer, each) in enumerate(spoken)
            if standards and (types := types_heard(each.change, standards))
        }
        if not asked:
            return {}
        found = await ledger.evidence(connection, list(asked.values()), MOST_EVIDENCE)
        return dict(zip(asked, found, strict=True))

    async def _paid(self, connection: Any, spoken: list[tuple[str, Spoken]]) -> dict[int, Any]:
        asked = {
            place: Question(customer, each.change.at, each.at, "")
            for place, (customer, each) in enumerate(spoken)
            if isinstance(each.change, Raised)
        }
        if not asked:
            return {}
        return dict(zip(asked, await ledger.paid(connection, list(asked.values())), strict=True))

    def row(self, name: StreamName, version: int, said: Statement, partition: int) -> StoredFact:
        """A statement as it is stored."""
        subject = "" if name == STREAM else name.id
        trace = self.trace(said.hinge.trace if said.hinge else None, said.fact.type)
        return recorded(name.text, version, subject, said, partition, self.now(), trace)
