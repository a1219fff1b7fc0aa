"""Dead letters that an operator wants heard again (`evergreen redrive`) go through the service once more.

Each is heard as if it arrived now, at its old place, between two batches of the consumer and fenced like one:
who does not own its partition writes nothing. What fails again is a dead letter of the next attempt. What
this release cannot take whatever it is given waits, with what was asked for behind it with its key.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from shared.consume.admission import Admitted, admit, dead_lettered
from shared.consume.consumer import Consumer
from shared.consume.hold import said
from shared.core.batch import Batch, Heard
from shared.core.store import Changes, DeadLetter
from shared.observe import metrics
from shared.resilience.transient import is_outage, may_be_its_own, passes
from shared.service.redriven import Positions, Redriven, Waiting, own, redriven, standing
from shared.storage.postgres import PostgresStore
from shared.storage.sql import columns, statements

log = logging.getLogger(__name__)
SQL = statements(Path(__file__).with_name("redriver.sql"))
EVERY = 1.0
AT_ONCE, BYTES_AT_ONCE = 500, 4 * 2**20
"""Letters of one partition in one transaction, between two batches of what comes in, and their bytes."""

PASSES_IN = 5
"""Turns in which a conflict or a lost connection is over."""

MOST_WAIT = 10
"""Keys of one partition whose letters wait while others' are taken; then all do."""

APPLIED, KNOWN, FAILED = "applied", "known", "failed"


class _Waits(Exception):
    """This release cannot take the letter: neither it nor an outage is at fault."""

    def __init__(self, record: Redriven, why: str) -> None:
        waits = f"{record}, which was asked for again, waits, and what is behind it with its key: {why}"
        super().__init__(f"{waits} (to give it up: evergreen refuse {record})")
        self.key = record.key or b""


class Redriver:
    """One process's: the consumer says what is its own, and writes nothing while letters are heard."""

    def __init__(self, consumer: Consumer, store: PostgresStore) -> None:
        self.consumer, self.store = consumer, store
        self.policy, self.handler = consumer.policy, consumer.handler
        self._waiting: dict[int, Waiting] = {}
        self._stopped: str | None = None
        self._in_vain = 0

    @property
    def problem(self) -> str | None:
        """Which letters wait although they were asked for, why, and the way out; None: none does."""
        return self._stopped or "; ".join(str(each) for each in self._waiting.values() if each) or None

    async def run(self) -> None:
        """Until cancelled; what fails for now waits."""
        while True:
            try:
                await self.turn()
                self._stopped, self._in_vain = None, 0
            except Exception as error:
                self.handler.forget()
                self._in_vain += 1
                if self._in_vain > PASSES_IN or not passes(error):
                    self._stopped = f"no dead letter that was asked for is heard again yet: {said(error)}"
                level = logging.INFO if is_outage(error) else logging.ERROR
                log.log(level, "not heard again yet: %s", said(error), exc_info=not is_outage(error))
            await asyncio.sleep(EVERY)

    async def turn(self) -> None:
        """Take up all that waits on the partitions that are its own, but what cannot be taken for now."""
        async with self.consumer.busy:
            own = sorted({partition for _, partition in self.consumer.owned()})
            await self.handler.reread_quarantine(own)
        # Out of the way of what comes in: whose they are by then is asked again.
        rows = await self.store.pool.fetch(SQL["partitions"], list(self.policy.hears), own)
        asked = [row["partition"] for row in rows]
        self._waiting = {each: known for each, known in self._waiting.items() if each in asked}
        for partition in asked:
            again = list(self._waiting.get(partition, ()))
            while await self._go_on(partition, again):
                pass

    async def _go_on(self, partition: int, again: list[bytes]) -> bool:
        """One page; True when there may be more: the first of a key that waits, while some are to be tried
        `again`, then those of all other keys, then what came meanwhile."""
        async with self.consumer.busy:
            positions, waiting = self.consumer.owned(), self._waiting.setdefault(partition, Waiting())
            own = sorted({each for _, each in positions})
            if partition not in own or (not again and len(waiting) >= MOST_WAIT):
                return False
            try:
                if again:
                    await self._take(await self._page(partition, key := again.pop()), positions)
                    waiting.pop(key)
                    return True
                records = await self._page(partition)
                await self._take(records, positions)
                return bool(records) or await self._take_what_came(partition, own, positions)
            except _Waits as waits:
                if waits.key not in waiting:
                    log.warning("%s", waits, exc_info=waits.__cause__)
                waiting[waits.key] = str(waits)
                return True

    async def _take_what_came(self, partition: int, own: Sequence[int], positions: Positions) -> bool:
        """For released streams, until they go on; True when there is much: others have theirs first."""
        for _ in range(2):
            if not await self.handler.reread_quarantine(own):
                return False
            while page := await self._page(partition):
                await self._take(page, positions)
        return True

    async def _page(self, partition: int, key: bytes | None = None) -> list[Redriven]:
        """The next of a partition in their order, of keys that do not wait; or the first of this key."""
        waiting = list(self._waiting.get(partition, ()))
        chosen = (AT_ONCE, BYTES_AT_ONCE, waiting, False) if key is None else (1, 1, [key], True)
        rows = await self.store.pool.fetch(SQL["waiting"], list(self.policy.hears), partition, *chosen)
        return [redriven(row) for row in rows]

    async def _take(self, records: Sequence[Redriven], positions: Positions) -> None:
        read: list[tuple[Redriven, Heard]] = []
        for record in records:
            admitted = admit(self.policy, [record], {record.place: 0}, datetime.now(UTC))
            if admitted.heard:
                read.append((record, admitted.heard[0]))
            else:
                kept = admitted if admitted.dead_letters else own(self.policy, record, datetime.now(UTC))
                await self._fail(record, kept, kept.dead_letters[0].reason, positions)
        await self._handle(read, positions)

    async def _handle(self, read: Sequence[tuple[Redriven, Heard]], positions: Positions) -> None:
        """Letters of one partition. Errors: an outage, and `_Waits`; they wait."""
        if not read:
            return
        known = await self.handler.known([heard.event for _, heard in read])
        try:
            batch = Batch([heard for _, heard in read], (), standing(positions, read[0][0].partition))
            await self.handler.handle(batch)
        except Exception as error:
            if is_outage(error):
                raise
            self.handler.forget()
            if len(read) == 1:
                await self._alone(read[0][0], error, positions)
                return
            middle = len(read) // 2
            await self._handle(read[:middle], positions)
            await self._handle(read[middle:], positions)
            return
        refused = {(each.topic, each.partition, each.offset): each.reason for each in batch.refused}
        outcomes: list[tuple[Redriven, str, str | None]] = []
        for record, heard in read:
            identity = heard.event.identity
            why = refused.get((record.topic, record.partition, record.offset))
            outcomes.append((record, FAILED if why else KNOWN if identity in known else APPLIED, why))
            if not why:
                known.add(identity)
        await self._settle(outcomes)

    async def _alone(self, record: Redriven, error: Exception, positions: Positions) -> None:
        """It fails again, if it is at fault or was given up (`evergreen refuse`); else it waits."""
        if not may_be_its_own(error) and not await self.store.refused(*record.place, record.offset):
            raise _Waits(record, said(error)) from error
        reason = f"{type(error).__name__}: {error}"
        kept = dead_lettered([record], {record.place: 0}, reason, datetime.now(UTC))
        await self._fail(record, kept, reason, positions)

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
                fenced = standing(positions or {}, outcomes[0][0].partition)
                await self.store.write(connection, Changes(dead_letters=list(letters), positions=fenced))
            await connection.execute(SQL["settle"], *columns(rows, 6))
        for record, outcome, _ in outcomes:
            metrics.REDRIVEN.labels(record.topic, outcome).inc()
