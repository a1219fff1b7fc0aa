"""What insight keeps of everything it hears: the timeline, the journeys, the days of purchase. Statements."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from services.insight.entries import Entry
from services.insight.journey import progress
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid
from shared.storage.sql import columns, statements

SQL = statements(Path(__file__).with_name("views.sql"))
TIMELINE = "customer key happened known recorded topic type id trace partition offset_ body".split()

MILESTONES = ("captured", "qualified", "joined", "won", "repeated")


async def tell(connection: Any, entries: Collection[Entry], recorded: datetime) -> list[Entry]:
    """Write the timeline and the journeys; the entries that were new.

    Nobody else takes these partitions: what is not there now will not be before this transaction ends, or
    else the copy breaks it (`Conflict`).
    """
    new = await _new(connection, entries)
    if new:
        rows = [_timeline_row(entry, recorded) for entry in new]
        await connection.copy_records_to_table("timeline", records=rows, columns=TIMELINE)
        await _progress(connection, new)
    return new


async def _new(connection: Any, entries: Collection[Entry]) -> list[Entry]:
    if not entries:
        return []
    asked = [(entry.heard.event.subject, entry.key) for entry in entries]
    told = {tuple(row) for row in await connection.fetch(SQL["told"], *columns(asked, 2))}
    return [entry for entry, name in zip(entries, asked, strict=True) if name not in told]


async def known(connection: Any, events: Collection[Event]) -> set[bytes]:
    """The identities of those of these events that the timeline holds."""
    asked = {(event.subject, event.key): event.identity for event in events}
    return {asked[tuple(row)] for row in await connection.fetch(SQL["told"], *columns(list(asked), 2))}


def _timeline_row(entry: Entry, recorded: datetime) -> Sequence[Any]:
    h, event = entry.heard, entry.heard.event
    return (
        event.subject, entry.key, event.time, entry.known, recorded, h.topic, event.data.type, event.id,
        event.traceparent, h.partition, h.offset, h.body,
    )  # fmt: skip


async def _progress(connection: Any, new: Sequence[Entry]) -> None:
    partitions = {entry.heard.event.subject: entry.heard.partition for entry in new}
    made = sorted(progress(entry.heard.event for entry in new).items())
    rows = [(who, partitions[who], step.first_seen, step.last_seen, step.purchases) for who, step in made]
    await connection.execute(SQL["progress"], *columns(rows, 5))
    if milestones := [(who, *map(step.reached.get, MILESTONES)) for who, step in made if step.reached]:
        await connection.execute(SQL["reach"], *columns(milestones, 6))


async def buy(connection: Any, new: Sequence[Entry]) -> dict[str, list[date]]:
    """Write the days of purchase; per customer the days that were new, in order."""
    purchases = [entry for entry in new if isinstance(entry.heard.event.data, OrderPaid)]
    days = {
        (entry.heard.event.subject, entry.heard.event.time.date()): entry for entry in reversed(purchases)
    }
    if not days:
        return {}
    rows = [(*key, entry.known) for key, entry in sorted(days.items())]
    bought: dict[str, list[date]] = {}
    for customer, day in sorted(await connection.fetch(SQL["buy"], *columns(rows, 3))):
        bought.setdefault(customer, []).append(day)
    return bought
