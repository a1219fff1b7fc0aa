"""What insight keeps of everything it hears: the timeline, the journeys, the days of purchase. Statements."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

from services.insight.entries import Entry
from services.insight.journey import progress
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid, SubscriptionCancelled, UsageRecorded
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


async def use(connection: Any, new: Sequence[Entry]) -> None:
    """Write what fits are made of: days of purchase, use by the day, and who ended a subscription by wish."""
    bought: dict[tuple[str, date], Entry] = {}
    ended: dict[tuple[str, date], Entry] = {}
    used: Counter[tuple[str, str, date, date]] = Counter()
    for entry in new:
        event = entry.heard.event
        day = event.time.date()
        match event.data:
            case OrderPaid():
                bought.setdefault((event.subject, day), entry)
            case SubscriptionCancelled(by_wish=True):
                ended.setdefault((event.subject, day), entry)
            case UsageRecorded(behaviour=behaviour, quantity=quantity):
                used[event.subject, behaviour, day, _heard(entry)] += quantity
            case _:
                continue
    if bought:
        rows = [(*key, entry.known) for key, entry in sorted(bought.items(), key=itemgetter(0))]
        await connection.execute(SQL["buy"], *columns(rows, 3))
    if ended:
        rows = [(*key, entry.known) for key, entry in sorted(ended.items(), key=itemgetter(0))]
        await connection.execute(SQL["end"], *columns(rows, 3))
    if used:
        await connection.execute(SQL["use"], *columns([(*key, n) for key, n in sorted(used.items())], 5))


def _heard(entry: Entry) -> date:
    """The clock's day, of what it had passed; of all else the first there is."""
    known = entry.known
    return known.date() if known is not None and known > entry.heard.event.time else date.min
