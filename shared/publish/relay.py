"""The relay: this service's own log to Kafka, in commit order, at least once, gap-free.

A sequence shows rows that commit late only after later ones, so the log is read by (xid, position) below
the oldest transaction still running. One relay is active per database (an advisory lock held by the
connection that also keeps the cursor). A producer that fails is thrown away: an idempotent one can wedge
on its sequence numbers for good (aiokafka 1017).
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.contracts.event import STRUCTURED
from shared.contracts.topics import DEAD_LETTERS
from shared.core.dead_letter import dead_letter_headers, headers_back
from shared.kafka import kafka_client
from shared.observe import metrics
from shared.observe.telemetry import send_trace
from shared.resilience.transient import is_outage
from shared.settings import Settings
from shared.storage.sql import statements

log = logging.getLogger(__name__)
SQL = statements(Path(__file__).with_name("relay.sql"))
LOCK = 0x45564552
AT_MOST = 2_000
IDLE = 0.25
HIDDEN = 0.005
LARGEST = 2 * 1024 * 1024
"""Bytes: a dead letter is larger than the largest record that Kafka takes, by its own headers."""
NULL: Any = object()
"""A null value without a key, which Kafka allows and aiokafka refuses before it is serialized."""
Cursor = tuple[str, int]


class Relay:
    """Runs until cancelled. `wake()` says that something was committed; it looks by itself as well."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.topic = settings, settings.service
        self.moved_at: float | None = None
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Lead whenever nobody else does; begin again after any outage."""
        while True:
            try:
                await self._with_lock()
            except (KafkaError, Exception) as error:
                if not isinstance(error, KafkaError) and not is_outage(error):
                    raise
                metrics.RELAY_REBUILT.inc()
                log.warning("the relay begins again: %s: %s", type(error).__name__, error)
                await asyncio.sleep(0.5)

    async def _with_lock(self) -> None:
        connection = await asyncpg.connect(self.settings.database, timeout=5, command_timeout=30)
        try:
            while not await connection.fetchval(SQL["lead"], LOCK):
                self.moved_at = monotonic()  # another process leads: all is well
                await asyncio.sleep(1.0)
            await self._with_producer(connection)
        finally:
            connection.terminate()

    async def _with_producer(self, connection: Any) -> None:
        producer = AIOKafkaProducer(
            **kafka_client(self.settings.kafka),
            client_id=f"{self.settings.service}-relay",
            enable_idempotence=True,
            linger_ms=2,
            max_batch_size=131_072,
            max_request_size=LARGEST,
            request_timeout_ms=10_000,
            value_serializer=_null_or_bytes,
        )
        try:
            await producer.start()
            await self._publish(connection, producer)
        finally:
            await asyncio.wait_for(producer.stop(), 5.0)

    async def _publish(self, connection: Any, producer: AIOKafkaProducer) -> None:
        cursor: Cursor = tuple(await connection.fetchrow(SQL["cursor"]) or ("0", 0))
        while True:
            woken = self._woken.is_set()
            self._woken.clear()
            rows = await connection.fetch(SQL["after"], *cursor, AT_MOST)
            if rows:
                await self._send(producer, rows)
                cursor = (rows[-1]["xid"], rows[-1]["position"])
                await connection.execute(SQL["keep"], *cursor)
                metrics.RELAY_PUBLISHED.inc(len(rows))
            self.moved_at = monotonic()
            if len(rows) < AT_MOST:
                await self._rest(connection, expecting=woken and not rows)

    async def _rest(self, connection: Any, expecting: bool) -> None:
        """Until woken. Told of a commit and finding nothing, it asks whether a running one hides it."""
        hidden = expecting and await connection.fetchval(SQL["hidden"])
        if hidden:
            self._woken.set()
            await asyncio.sleep(HIDDEN)
            return
        try:
            await asyncio.wait_for(self._woken.wait(), IDLE)
        except TimeoutError:
            return

    async def _send(self, producer: AIOKafkaProducer, rows: Sequence[Any]) -> None:
        said: dict[int, list[Any]] = {}
        sending = []
        for row in rows:
            if row["kind"] == "dead_letter":
                sending.append(await producer.send(**self._dead_letter(row)))
            else:
                said.setdefault(row["partition"], []).append(row)
        await asyncio.gather(*sending, *(self._say(producer, each, said[each]) for each in said))

    async def _say(self, producer: AIOKafkaProducer, partition: int, rows: Iterable[Any]) -> None:
        """One partition's records, batch after batch: a future for each record cost more than the record."""
        batch, sent = producer.create_batch(), []
        for row in rows:
            record = self._record(row)
            while batch.append(**record) is None:  # full: an empty one takes any record
                sent.append(await producer.send_batch(batch, self.topic, partition=partition))
                batch = producer.create_batch()
        batch.close()
        sent.append(await producer.send_batch(batch, self.topic, partition=partition))
        await asyncio.gather(*sent)

    def _record(self, row: Any) -> dict[str, Any]:
        headers = [("content-type", STRUCTURED)]
        if trace := send_trace(row["trace"], self.topic):
            headers.append(("traceparent", trace.encode()))
        key = row["key"].encode() if row["key"] else None
        return {"timestamp": None, "key": key, "value": row["body"], "headers": headers}

    def _dead_letter(self, row: Any) -> dict[str, Any]:
        headers = dead_letter_headers(
            self.settings.service, row["topic"], row["partition"], row["offset_"], row["reason"],
            row["attempt"], headers_back(row["headers"]),
        )  # fmt: skip
        place = {"topic": DEAD_LETTERS, "partition": row["partition"]}
        body = NULL if row["body"] is None else row["body"]
        return {**place, "key": row["raw_key"], "value": body, "headers": headers}


def _null_or_bytes(value: Any) -> bytes | None:
    return None if value is NULL else value
