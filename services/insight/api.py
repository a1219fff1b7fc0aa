"""Reads stories from insight's database: one consistent look, nothing is written."""

from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from services.insight.judging.model import FORMER as FORMER_MODEL
from services.insight.judging.model import STREAM, replay
from services.insight.judging.people import FORMER, stream
from services.insight.names import alike
from services.insight.story import Heard, Line, Story, story
from shared.contracts.insight import INSIGHT
from shared.contracts.reading import recall
from shared.contracts.topics import VOCABULARIES
from shared.core.stream import StreamName
from shared.storage.sql import statements

SQL = statements(Path(__file__).with_name("api.sql"))
PATIENCE = 10


class Unheard(LookupError):
    """Nobody of that name has been heard of; `nearest` are names that begin alike, the likest first."""

    def __init__(self, customer: str, nearest: list[str]) -> None:
        super().__init__(customer)
        self.customer, self.nearest = customer, nearest


class Untold(LookupError):
    """Nothing was known of the customer then; the first of what is known now happened at `first_seen`."""

    def __init__(self, customer: str, first_seen: datetime) -> None:
        super().__init__(customer)
        self.customer, self.first_seen = customer, first_seen


async def journey(database: str, customer: str, as_of: datetime | None, known_at: datetime) -> Story:
    """The story of a customer as of a moment (None: the newest known), by what was recorded up to another.

    Errors: `Unheard`, `Untold`, and asyncpg's own.
    """
    connection = await asyncpg.connect(database, timeout=PATIENCE)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await _journey(connection, customer, as_of, known_at)
    finally:
        await connection.close()


async def _journey(connection: Any, customer: str, as_of: datetime | None, known_at: datetime) -> Story:
    row = await connection.fetchrow(SQL["judged"], customer)
    if row is None:
        raise Unheard(customer, await _nearest(connection, customer))
    model = [*await _said(connection, FORMER_MODEL), *await _said(connection, STREAM)]
    calendar = replay(line.event.data for line in model).calendar
    heard = Heard(
        customer,
        [_line(each) for each in await connection.fetch(SQL["timeline"], customer)],
        [
            *await _said(connection, StreamName(FORMER, customer)),
            *await _said(connection, stream(customer)),
        ],
        model,
        row["through"] or (calendar.boundary(0) if calendar else None),
    )
    told = story(heard, as_of, known_at)
    if told is None:
        raise Untold(customer, row["first_seen"])
    return told


def _line(row: Any) -> Line:
    event = recall(row["body"], VOCABULARIES[row["topic"]])
    return Line(row["topic"], event, row["recorded"], row["known"])


async def _said(connection: Any, name: StreamName) -> list[Line]:
    rows = await connection.fetch(SQL["facts"], name.text)
    return [Line("insight", recall(row["body"], INSIGHT), row["recorded"]) for row in rows]


async def _nearest(connection: Any, customer: str) -> list[str]:
    return alike(customer, [row["customer"] for row in await connection.fetch(SQL["neighbours"], customer)])
