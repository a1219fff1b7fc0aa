"""The store on PostgreSQL: one statement a kind of change, one transaction a batch, whatever its size."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import astuple
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from shared.core.dead_letter import headers_json
from shared.core.quarantine import ASKED_AT_ONCE, named
from shared.core.store import (
    REHEARSAL,
    Changes,
    Conflict,
    Fenced,
    Position,
    Rehearsed,
    StoredFact,
    Timer,
    TopicPartition,
)
from shared.core.stream import StreamName
from shared.core.watermark import Clock, SourceWatermark
from shared.observe import metrics
from shared.storage.sql import columns, portions, statements

SQL = statements(Path(__file__).with_name("statements.sql"))
FACT = StoredFact._fields
"""Facts are written first: the transaction's xid orders the log, so a stream's versions keep their order."""

AT_ONCE = 4 * 2**20
"""Bytes of dead letters in one statement: on the way to the server they are held several times."""


class PostgresStore:
    """Keeps `shared.core.store.Store` over an asyncpg pool. `statements_sent` counts round trips."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool
        self.statements_sent = 0

    async def _fetch(self, name: str, *arguments: Any) -> list[asyncpg.Record]:
        self.statements_sent += 1
        async with self._elsewhere_if_read_only():
            rows: list[asyncpg.Record] = await self.pool.fetch(SQL[name], *arguments)
        return rows

    @asynccontextmanager
    async def _elsewhere_if_read_only(self) -> AsyncIterator[None]:
        """After a failover a session may lead to what is a standby now: the next try opens a new one."""
        try:
            yield
        except asyncpg.ReadOnlySQLTransactionError:
            await self.pool.expire_connections()
            raise

    async def bodies(self, streams: Sequence[StreamName]) -> Mapping[StreamName, Sequence[bytes]]:
        asked = {stream.text: stream for stream in streams}
        found: dict[StreamName, list[bytes]] = {}
        for text, body in await self._fetch("bodies", list(asked)):
            found.setdefault(asked[text], []).append(body)
        return found

    async def seen(self, identities: Sequence[bytes]) -> set[bytes]:
        return {row[0] for row in await self._fetch("seen", identities)}

    async def timers(self, until: Mapping[int, datetime], most: int) -> Sequence[Timer]:
        rows = await self._fetch("timers", *columns(until.items(), 2), most)
        return [Timer(at, StreamName.parse(stream), partition) for at, stream, partition in rows]

    async def positions(self, partitions: Sequence[TopicPartition]) -> Mapping[TopicPartition, Position]:
        rows = await self._fetch("positions", *columns(partitions, 2))
        return {(topic, partition): Position(*known) for topic, partition, *known in rows}

    async def open_positions(self, positions: Mapping[TopicPartition, Position]) -> None:
        rows = [(*place, *position) for place, position in sorted(positions.items())]
        await self._fetch("positions_open", *columns(rows, 5))

    async def register(self, instance: str, process: UUID) -> None:
        await self._fetch("register", instance, process)

    async def registered(self, instance: str) -> UUID | None:
        rows = await self._fetch("registered", instance)
        return rows[0][0] if rows else None

    async def clocks(self, partitions: Sequence[int]) -> Mapping[int, Clock]:
        sources: dict[int, dict[str, SourceWatermark]] = {partition: {} for partition in partitions}
        for partition, source, *said in await self._fetch("clocks", partitions):
            sources[partition][source] = SourceWatermark(*said)
        watermarks = {row[0]: row[1] for row in await self._fetch("watermarks", partitions)}
        return {partition: Clock(sources[partition], watermarks.get(partition)) for partition in partitions}

    async def quarantined(self, partitions: Sequence[int]) -> Mapping[StreamName, str]:
        rows = await self._fetch("quarantined", partitions)
        return {StreamName.parse(stream): reason for stream, reason in rows}

    async def released(self, partitions: Sequence[int]) -> frozenset[StreamName]:
        return frozenset(StreamName.parse(row[0]) for row in await self._fetch("released", partitions))

    async def go_on(self, released: Collection[StreamName]) -> bool:
        streams = columns([(stream.text, named(stream)) for stream in sorted(released)], 2)
        asked = await self._fetch("ask_again", *streams, ASKED_AT_ONCE)
        if len(asked) < ASKED_AT_ONCE:  # else there may be more
            await self._fetch("go_on", *streams)
        return bool(asked)

    async def released_from(self, streams: Collection[StreamName]) -> Mapping[StreamName, Sequence[str]]:
        rows = await self._fetch("released_from", [stream.text for stream in streams])
        return {StreamName.parse(stream): reasons for stream, reasons in rows}

    async def refused(self, topic: str, partition: int, offset: int) -> bool:
        return bool(await self._fetch("refused", topic, partition, offset))

    async def commit(self, changes: Changes) -> None:
        async with self.transaction() as connection:
            await self.write(connection, changes)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """A connection inside one transaction. Errors: `Conflict` for what is there already, `Rehearsed`."""
        try:
            async with (
                self._elsewhere_if_read_only(),
                self.pool.acquire() as connection,
                connection.transaction(),
            ):
                yield connection
                if REHEARSAL.get():
                    raise Rehearsed
        except (asyncpg.UniqueViolationError, Conflict) as error:
            metrics.CONFLICTS.inc()
            raise Conflict(str(error)) from error

    async def write(self, connection: Any, changes: Changes) -> None:
        """Write a batch's changes in a transaction that somebody else ends. Errors: `Fenced`."""
        await self._copy(connection, "facts", FACT, changes.facts)
        await self._copy(connection, "inbox", ("key",), [(key,) for key in sorted(changes.inbox)])
        for name, rows in _rows(changes):
            if rows:
                self.statements_sent += 1
                status = await connection.execute(SQL[name], *columns(rows, 1))
                if name == "fence" and int(status.split()[1]) != len(rows):
                    raise Fenced(f"positions of {sorted(changes.positions)} were moved by somebody else")
        if gone := [stream.text for stream, (_, due) in changes.timers.items() if due is None]:
            self.statements_sent += 1
            await connection.execute(SQL["timer_clear"], gone)
        metrics.TIMERS_FIRED.inc(changes.fired)
        for type_, number in Counter(fact.type for fact in changes.facts).items():
            metrics.FACTS.labels(type_).inc(number)

    async def _copy(self, connection: Any, table: str, names: Sequence[str], rows: Sequence[Any]) -> None:
        """COPY is cheaper than a statement with arrays: a third of the client's time, half of the server's.
        A key that is there already is a conflict."""
        if rows:
            self.statements_sent += 1
            await connection.copy_records_to_table(table, records=rows, columns=names)


def _rows(changes: Changes) -> Iterable[tuple[str, Sequence[Sequence[Any]]]]:
    yield "fence", [(*place, *move) for place, move in sorted(changes.positions.items())]
    yield "timer_set", [(s.text, p, due) for s, (p, due) in sorted(changes.timers.items()) if due is not None]
    yield (
        "clock_set",
        [
            (p, name, *astuple(said))
            for p, (before, after) in sorted(changes.clocks.items())
            for name, said in sorted(after.sources.items())
            if said != before.sources.get(name)
        ],
    )
    yield (
        "clock_clear",
        [
            (p, name)
            for p, (before, after) in sorted(changes.clocks.items())
            for name in sorted(before.sources.keys() - after.sources.keys())
        ],
    )
    yield (
        "watermark_set",
        [
            (p, after.watermark)
            for p, (before, after) in sorted(changes.clocks.items())
            if after.watermark != before.watermark
        ],
    )
    letters = (
        (d.topic, d.partition, d.offset, d.key, d.body, headers_json(d.headers), d.reason, d.recorded,
         d.attempt, d.for_all, d.published, d.through)
        for d in changes.dead_letters
    )  # fmt: skip
    for portion in portions(letters, AT_ONCE):
        yield "dead_letter", portion
    yield "heartbeat", sorted(changes.heartbeats.items())
    yield "quarantine", [(stream.text, *rest) for stream, *rest in changes.quarantined]
