"""What a judgement comes to: everyone touched is kept, and every change is a fact with its evidence."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from services.insight import ledger
from services.insight.alerts import Statement, recorded, statement
from services.insight.judgement import Judgement, stream
from services.insight.known import Known
from services.insight.model import STREAM
from shared.contracts.event import Event
from shared.core.decision import Trace
from shared.core.store import Changes, StoredFact
from shared.core.stream import StreamName


class Conclusion:
    """Writes on the connection it is given; what goes into the log joins `changes`."""

    def __init__(self, known: Known, trace: Trace, now: Callable[[], datetime]) -> None:
        self.known, self.trace, self.now = known, trace, now

    async def conclude(
        self, connection: Any, judgement: Judgement, causes: Mapping[str, Event | None], changes: Changes
    ) -> None:
        """Of whom even this fails, nothing is kept."""
        customers = {customer for customer, _ in judgement.told}
        purchases = await ledger.evidence(connection, customers) if customers else {}
        rows: list[tuple[str, StoredFact]] = []
        for customer, version, change in judgement.numbered():
            if customer in judgement.failed:
                continue
            partition = judgement.touched[customer].partition
            with judgement.asking(customer, partition):
                said = statement(change, purchases.get(customer, ()), self.known.at(partition).through)
                row = self.row(stream(customer), version, said, partition, causes.get(customer))
                rows.append((customer, row))
        changes.facts += [row for customer, row in rows if customer not in judgement.failed]
        await ledger.remember(connection, judgement.touched)
        changes.timers |= judgement.timers

    def row(
        self, name: StreamName, version: int, said: Statement, partition: int, cause: Event | None
    ) -> StoredFact:
        """A statement as it is stored."""
        subject = "" if name == STREAM else name.id
        trace = self.trace(said.parent or (cause.traceparent if cause else None), said.fact.type)
        return recorded(name.text, version, subject, said, partition, cause, self.now(), trace)
