"""How far the house is, read where the truth lies: each service's database, and the ends of the topics."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from deploy.events import topic
from deploy.events.topic import Place
from deploy.purchases.purchase import midnight

HEARS: Mapping[str, tuple[str, ...]] = {
    "acquisition": ("signals",),
    "conversion": ("signals",),
    "retention": ("conversion", "insight"),
    "insight": ("signals", "acquisition", "conversion", "retention"),
}
TOPICS = ("signals", "acquisition", "conversion", "retention", "insight")
AWAY = (
    *(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError),
    *(KafkaError, OSError, TimeoutError),
)
"""What a server that was killed and comes back looks like from here: asyncpg may lose its own thread then."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at everything. `judged` is the moment each partition has been judged up to, by partition."""

    stages: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    judged: Mapping[int, datetime] = field(default_factory=dict)
    behind: Mapping[tuple[str, Place], int] = field(default_factory=dict)
    unpublished: Mapping[str, int] = field(default_factory=dict)
    dead_letters: int = 0
    ends: Mapping[Place, int] = field(default_factory=dict)

    @property
    def lag(self) -> int:
        """Records published and not yet taken, over all services."""
        return sum(self.behind.values())

    @property
    def reached(self) -> datetime | None:
        """The moment up to which every partition has been judged."""
        return min(self.judged.values(), default=None)

    @property
    def stored(self) -> int:
        return sum(sum(types.values()) for types in self.facts.values())

    def alerts(self, what: str) -> int:
        return self.facts.get("insight", {}).get(f"insight.churn_risk_{what}", 0)


class Gauges:
    """An async context over the databases (by service) and the broker of one house."""

    def __init__(self, databases: Mapping[str, str], kafka: str) -> None:
        self.databases, self.kafka = databases, kafka
        self._connections: dict[str, Any] = {}
        self._reader: AIOKafkaConsumer | None = None
        self._places: list[TopicPartition] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        await self._close()

    async def read(self) -> Reading | None:
        """A look, or None while Kafka or PostgreSQL is away."""
        try:
            return await asyncio.wait_for(self._read(), 20)
        except AWAY:
            await self._close()
            return None

    async def _read(self) -> Reading:
        # Positions first, ends after: a position can't be ahead of an end that was read later.
        positions = {name: await self._positions(name) for name in self.databases}
        facts = {name: await self._facts(name) for name in self.databases}
        unpublished = {
            name: await self._value(name, "select count(*) from unpublished") for name in self.databases
        }
        dead_letters = sum(
            [await self._value(name, "select count(*) from dead_letters") for name in self.databases]
        )
        journeys = await self._rows("insight", "select stage, count(*) from stages group by stage")
        judged = await self._rows("insight", "select partition, through from frontiers")
        ends = await self._ends()
        behind = {
            (name, place): end - positions[name].get(place, 0)
            for name, heard in HEARS.items() for place, end in ends.items() if place[0] in heard
        }  # fmt: skip
        return Reading(dict(journeys), facts, dict(judged), behind, unpublished, dead_letters, ends)

    async def _positions(self, name: str) -> dict[Place, int]:
        rows = await self._rows(name, "select topic, partition, next_offset from positions")
        return {(topic, partition): offset for topic, partition, offset in rows}

    async def _facts(self, name: str) -> dict[str, int]:
        return dict(await self._rows(name, "select type, count(*) from facts group by type"))

    async def _value(self, name: str, query: str) -> int:
        return int((await self._rows(name, query))[0][0])

    async def _rows(self, name: str, query: str) -> list[Any]:
        connection = self._connections.get(name)
        if connection is None:
            connection = await asyncpg.connect(self.databases[name], timeout=5, command_timeout=20)
            self._connections[name] = connection
        return [tuple(row) for row in await connection.fetch(query)]

    async def _ends(self) -> dict[Place, int]:
        if self._reader is None:
            self._places = await topic.places(self.kafka, TOPICS)
            reader = topic.consumer(self.kafka)
            try:
                await reader.start()
            except BaseException:
                await reader.stop()
                raise
            self._reader = reader
        return await topic.ends(self._reader, self._places)

    async def _close(self) -> None:
        for connection in self._connections.values():
            connection.terminate()
        self._connections.clear()
        reader, self._reader = self._reader, None
        if reader is not None:
            await reader.stop()


def stuck(reading: Reading, end: datetime) -> list[str]:
    """What keeps the house from being drained, in words; empty when nothing does."""
    return [*_behind(reading), *_unpublished(reading), *_unjudged(reading, end)]


def _behind(reading: Reading) -> Iterable[str]:
    for (service, (name, partition)), records in sorted(reading.behind.items()):
        if records > 0:
            yield f"{service} has not taken {records} records of {name}/{partition}"


def _unpublished(reading: Reading) -> Iterable[str]:
    for service, rows in sorted(reading.unpublished.items()):
        if rows > 0:
            yield f"{service} has not published {rows} of its rows"


def _unjudged(reading: Reading, end: datetime) -> Iterable[str]:
    """Silence is judged on mornings: a log that ends at noon is judged up to that day's first hour."""
    end = midnight(end)
    for partition in range(len({place[1] for place in reading.ends})):
        reached = reading.judged.get(partition)
        if reached is None or reached < end:
            so_far = (
                "not at all" if reached is None else f"only up to {reached.astimezone(UTC):%Y-%m-%d %H:%M}"
            )
            yield f"insight has judged partition {partition} {so_far}, not up to {end:%Y-%m-%d %H:%M} UTC"
