"""Dead letters that an operator wants heard again (`evergreen redrive`) go through the service once more.

Each is heard as if it arrived now, at its old place, between two batches of the consumer and fenced like one:
who does not own its partition writes nothing. What fails again is a dead letter of the next attempt.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shared.consume.admission import Admitted, admit, dead_lettered
from shared.consume.consumer import Consumer
from shared.core.batch import Batch, Heard
from shared.core.dead_letter import headers_back
from shared.core.store import Changes, DeadLetter, TopicPartition
from shared.observe import metrics
from shared.resilience.transient import is_outage, may_be_its_own
from shared.storage.postgres import PostgresStore
from shared.storage.sql import columns, statements

log = logging.getLogger(__name__)
SQL = statements(Path(__file__).with_name("redriver.sql"))
EVERY = 1.0
AT_ONCE = 500
"""Letters in one transaction, between two batches of what comes in."""

APPLIED, KNOWN, FAILED = "applied", "known", "failed"
Positions = Mapping[TopicPartition, int]


@dataclass(slots=True)
class Redriven:
    """A dead letter as a record that arrives when it is asked for again; `timestamp` in milliseconds."""

    topic: str
    partition: int
    offset: int
    attempt: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    timestamp: int
    timestamp_type: int = 1

    @property
    def place(self) -> TopicPartition:
        return (self.topic, self.partition)


UNREAD = "this release cannot read it: run the newest release of every service, then redrive"


class Redriver:
    """One process's: the consumer says what is its own, and writes nothing while letters are heard."""

    def __init__(self, consumer: Consumer, store: PostgresStore) -> None:
        self.consumer, self.store = consumer, store
        self.policy, self.handler = consumer.policy, consumer.handler

    async def run(self) -> None:
        """Until cancelled; what fails for now waits."""
        while True:
            more = False
            try:
                more = await self.turn()
            except Exception as error:
                self.handler.forget()
                level = logging.INFO if is_outage(error) else logging.ERROR
                log.log(level, "dead letters are heard again later: %s", error, exc_info=not is_outage(error))
            await asyncio.sleep(0 if more else EVERY)

    async def turn(self) -> bool:
        """Take up what waits, `AT_ONCE` at most; True when there may be more."""
        async with self.consumer.busy:
            positions = self.consumer.owned()
            partitions = sorted({partition for _, partition in positions})
            await self.handler.reread_quarantine(partitions)
            rows = await self.store.pool.fetch(SQL["waiting"], list(self.policy.hears), partitions, AT_ONCE)
            if rows:
                await self._take([_redriven(row) for row in rows], positions)
            return len(rows) == AT_ONCE

    async def _take(self, records: Sequence[Redriven], positions: Positions) -> None:
        read: list[tuple[Redriven, Heard]] = []
        for record in records:
            admitted = admit(self.policy, [record], {record.place: 0}, datetime.now(UTC))
            if admitted.heard:
                read.append((record, admitted.heard[0]))
            else:
                await self._fail(record, self._kept(record, admitted), UNREAD, positions)
        await self._handle(read, positions)

    def _kept(self, record: Redriven, admitted: Admitted) -> Admitted:
        """What no letter was made of becomes one of this service's own: settled without, it would be lost."""
        if admitted.dead_letters:
            return admitted
        return dead_lettered([record], {record.place: 0}, UNREAD, datetime.now(UTC))

    async def _handle(self, read: Sequence[tuple[Redriven, Heard]], positions: Positions) -> None:
        """Errors: what is neither the letters' fault; they wait."""
        if not read:
            return
        known = await self._known([heard for _, heard in read])
        try:
            batch = Batch([heard for _, heard in read], (), _standing(positions, read))
            repeated = await self.handler.handle(batch)
        except Exception as error:
            if not may_be_its_own(error):
                raise
            self.handler.forget()
            if len(read) == 1:
                record, reason = read[0][0], f"{type(error).__name__}: {error}"
                kept = dead_lettered([record], {record.place: 0}, reason, datetime.now(UTC))
                await self._fail(record, kept, reason, positions)
                return
            middle = len(read) // 2
            await self._handle(read[:middle], positions)
            await self._handle(read[middle:], positions)
            return
        all_known = repeated.total() == len(read)
        refused = {(each.topic, each.partition, each.offset): each.reason for each in batch.refused}
        outcomes: list[tuple[Redriven, str, str | None]] = []
        for record, heard in read:
            is_known = all_known or heard.event.identity in known
            why = refused.get((record.topic, record.partition, record.offset))
            outcomes.append((record, FAILED if why else KNOWN if is_known else APPLIED, why))
        await self._settle(outcomes)

    async def _known(self, heard: Sequence[Heard]) -> set[bytes]:
        """Which of them were taken before, as far as the inbox tells."""
        return await self.store.seen([each.event.identity for each in heard])

    async def _fail(self, record: Redriven, admitted: Admitted, reason: str, positions: Positions) -> None:
        """It failed again: the next attempt is a dead letter, if this service is the one to keep it."""
        letters = [replace(each, attempt=record.attempt + 1) for each in admitted.dead_letters]
        await self._settle([(record, FAILED, letters[0].reason if letters else reason)], letters, positions)

    async def _settle(
        self,
        outcomes: Sequence[tuple[Redriven, str, str | None]],
        letters: Sequence[DeadLetter] = (),
        positions: Positions | None = None,
    ) -> None:
        rows = [
            (r.topic, r.partition, r.offset, r.attempt, outcome, reason) for r, outcome, reason in outcomes
        ]
        async with self.store.transaction() as connection:
            if letters:
                standing = {
                    place: (at, at)
                    for place, at in (positions or {}).items()
                    if place == outcomes[0][0].place
                }
                await self.store.write(connection, Changes(dead_letters=list(letters), positions=standing))
            await connection.execute(SQL["settle"], *columns(rows, 6))
        for record, outcome, _ in outcomes:
            metrics.REDRIVEN.labels(record.topic, outcome).inc()


def _standing(
    positions: Positions, read: Sequence[tuple[Redriven, Heard]]
) -> dict[TopicPartition, tuple[int, int]]:
    """Where these partitions stand in all topics, fenced and not moved."""
    touched = {record.partition for record, _ in read}
    return {place: (at, at) for place, at in positions.items() if place[1] in touched}


def _redriven(row: Any) -> Redriven:
    return Redriven(
        row["topic"], row["partition"], row["offset_"], row["attempt"], row["key"], row["body"],
        headers_back(row["headers"]), int(row["requested"].timestamp() * 1000),
    )  # fmt: skip
