"""Writing to a log as its service does, and waiting until what was written is settled."""

import asyncio
from bisect import bisect
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import asyncpg
from eventsourcing.persistence import IntegrityError, Notification, StoredEvent

from shared.core.store import Changes, Conflict, StoredFact
from shared.recorder.blocking_pool import BlockingPool
from shared.recorder.log import Log, Page
from shared.recorder.recorder import LogRecorder
from shared.storage.postgres import PostgresStore
from tests.shared.storage.changes import fact
from tests.system.reminder_service import until

SETTLED = """select not exists (select from facts where stream = any($1::text[])
and xid >= pg_snapshot_xmin(pg_current_snapshot()))"""


async def write(store: PostgresStore, facts: Sequence[StoredFact]) -> None:
    """Returns when all is settled: any older transaction of the server, a vacuum's too, may delay it."""
    await store.commit(Changes(facts=list(facts)))
    streams = list({each.stream for each in facts})
    await until(lambda: store.pool.fetchval(SETTLED, streams))


class ZeroBasedLog(Log):
    """Some versions of the library's tests begin with 0, those of a log with 1: told as one less."""

    def events(self, stream: str, after: int, *rest: Any) -> Sequence[StoredEvent]:
        until, limit, backwards = rest
        last = None if until is None else until + 1
        found = super().events(stream, after and after + 1, last, limit, backwards)
        return [replace(each, originator_version=each.originator_version - 1) for each in found]

    def page(self, after: int, types: Sequence[str], at_most: int) -> Page:
        page = super().page(after, types, at_most)
        told = [replace(each, originator_version=each.originator_version - 1) for each in page.notifications]
        return page._replace(notifications=told)


class NumberedLog(ZeroBasedLog):
    """A test of the library knows its ids beforehand: 1, 2, 3. Ours have gaps: told by their order."""

    def _ids(self) -> list[int]:
        return [0, *(each.id for each in super().page(0, (), 1_000).notifications)]

    def page(self, after: int, types: Sequence[str], at_most: int) -> Page:
        ids = self._ids()
        page = super().page(ids[min(max(after, 0), len(ids) - 1)], types, at_most)
        told: list[Notification] = [replace(each, id=ids.index(each.id)) for each in page.notifications]
        return Page(told, bisect(ids, page.end) - 1, page.full)

    def newest(self) -> int | None:
        return len(self._ids()) - 1 or None


class WritableRecorder(LogRecorder):
    """Inserts as the service of this log does: one transaction, in its own role."""

    tells_ids = False

    def __init__(self, url: str, pool: BlockingPool, log: type[Log] = ZeroBasedLog) -> None:
        super().__init__(log(pool))
        self._url = url

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        facts = [
            fact(str(each.originator_id), each.originator_version + 1, each.state)._replace(type=each.topic)
            for each in stored_events
        ]
        if facts:
            asyncio.run(self._write(facts))
        return None

    async def _write(self, facts: Sequence[StoredFact]) -> None:
        async with asyncpg.create_pool(self._url, min_size=1, max_size=1) as pool:
            try:
                await write(PostgresStore(pool), facts)
            except Conflict as error:
                raise IntegrityError(str(error)) from error


class TellingRecorder(WritableRecorder):
    """And answers with the ids of what it wrote, as an application's recorder does."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        super().insert_events(stored_events)
        written = {(str(each.originator_id), each.originator_version) for each in stored_events}
        last = self.select_notifications(None, 1_000_000)
        return [each.id for each in last if (each.originator_id, each.originator_version) in written]
