"""All that a service's database holds once it is at rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

FACTS = "select stream, version, id, type, partition, cause, happened, body from facts order by xid, position"
DEAD_LETTERS = "select topic, partition, offset_, key, body, reason from dead_letters"
VIEWS = {
    "timeline": "select customer, topic, type, id, happened from timeline order by customer, key",
    "journeys": "select * from journeys order by customer",
    "spending": "select * from spending order by customer, currency",
    "days": "select customer, day from purchase_days order by customer, day",
    "people": "select customer, partition, alert, version from people order by customer",
}
UNREPEATABLE = ("recordedtime", "traceparent", "causationid")
"""What may differ from run to run: when it was stored, its span, and which event woke the stage."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fact as it is stored."""

    stream: str
    version: int
    id: UUID
    type: str
    partition: int
    cause: bytes | None
    happened: datetime
    body: bytes

    def told(self) -> tuple[str, int, Mapping[str, Any]]:
        """What it says, without what no two runs share."""
        event = orjson.loads(self.body)
        return self.stream, self.version, {k: v for k, v in event.items() if k not in UNREPEATABLE}


@dataclass(frozen=True, slots=True)
class Kept:
    """Facts in commit order, what became a dead letter, and insight's views as plain rows."""

    facts: Sequence[Row]
    dead_letters: Sequence[tuple[Any, ...]]
    views: Mapping[str, Sequence[tuple[Any, ...]]]

    def told(self) -> list[tuple[str, int, Mapping[str, Any]]]:
        """What all the facts say, by stream and version."""
        return sorted((row.told() for row in self.facts), key=lambda each: each[:2])


async def kept(url: str, service: str) -> Kept:
    """Read with the service's own rights."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        facts = [Row(*row) for row in await connection.fetch(FACTS)]
        dead_letters = [tuple(row) for row in await connection.fetch(DEAD_LETTERS)]
        wanted = VIEWS if service == "insight" else {}
        views = {name: [tuple(row) for row in await connection.fetch(sql)] for name, sql in wanted.items()}
    finally:
        await connection.close()
    return Kept(facts, dead_letters, views)
