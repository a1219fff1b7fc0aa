"""What insight keeps of everything it hears: the timeline, the journeys, the days of purchase. Shell."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from services.insight.journey import Progress, progress
from shared.batch import Heard
from shared.contracts.signals import OrderPaid, SourceHeartbeat
from shared.postgres import columns
from shared.sql import statements

SQL = statements(Path(__file__).with_name("views.sql"))
Known = Mapping[int, datetime | None]
"""How far each partition's clock had come when we heard."""


async def tell(connection: Any, heard: Sequence[Heard], known: Known, recorded: datetime) -> list[Heard]:
    """Write the timeline and the journeys; the events that were new, each once."""
    told = {
        h.event.key: h for h in heard if h.event.subject and not isinstance(h.event.data, SourceHeartbeat)
    }
    rows = [_timeline_row(h, known, recorded) for h in told.values()]
    if not rows:
        return []
    new = [told[row[0]] for row in await connection.fetch(SQL["tell"], *columns(rows, 11))]
    await _progress(connection, new)
    return new


def _timeline_row(h: Heard, known: Known, recorded: datetime) -> Sequence[Any]:
    event = h.event
    return (
        event.subject, event.key, event.time, known.get(h.partition), recorded, h.topic, event.data.type,
        event.id, event.traceparent, h.partition, h.body,
    )  # fmt: skip


async def _progress(connection: Any, new: Sequence[Heard]) -> None:
    if not new:
        return
    partitions = {h.event.subject: h.partition for h in new}
    made = sorted(progress(h.event for h in new).items())
    rows = [_progress_row(customer, partitions[customer], step) for customer, step in made]
    await connection.execute(SQL["progress"], *columns(rows, 10))
    spent = [(customer, *money) for customer, step in made for money in sorted(step.spent.items())]
    if spent:
        await connection.execute(SQL["spend"], *columns(spent, 3))


def _progress_row(customer: str, partition: int, step: Progress) -> Sequence[Any]:
    reached = step.reached.get
    return (
        customer, partition, step.first_seen, step.last_seen, step.purchases, reached("captured"),
        reached("qualified"), reached("joined"), reached("won"), reached("repeated"),
    )  # fmt: skip


async def buy(connection: Any, new: Sequence[Heard], known: Known) -> dict[str, list[date]]:
    """Write the days of purchase; per customer the days that were new, in order."""
    days = {(h.event.subject, h.event.time.date()): h for h in new if isinstance(h.event.data, OrderPaid)}
    if not days:
        return {}
    rows = [(*key, known.get(h.partition), h.partition) for key, h in sorted(days.items())]
    bought: dict[str, list[date]] = {}
    for customer, day in sorted(await connection.fetch(SQL["buy"], *columns(rows, 4))):
        bought.setdefault(customer, []).append(day)
    return bought
