"""What must hold of a house at rest, whatever it went through; each law answers with who breaks it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson
from aiokafka.structs import ConsumerRecord

from deploy.purchases.purchase import Log
from tests.system.demo.runs.kept import Kept, Row

HEARTBEAT = "source.heartbeat"
NEVER = "nothing more"


def with_holes(rows: Iterable[tuple[str, int]]) -> list[str]:
    """Streams whose versions do not come as 1, 2, 3, …"""
    reached: Counter[str] = Counter()
    broken = set()
    for stream, version in rows:
        reached[stream] += 1
        if version != reached[stream]:
            broken.add(f"{stream}: {version} came as number {reached[stream]}")
    return sorted(broken)


WEIGHED = {"insight.churn_risk_escalated", "insight.churn_risk_eased"}


def decided_twice(rows: Iterable[Row]) -> list[str]:
    """Facts of one kind, on one stream, with one cause; and alerts told twice. A weekly fit has no cause, and
    an alert may weigh more again at another moment."""
    keys = Counter(_once(row) for row in rows if row.cause)
    return [f"{key}: {count} times" for key, count in keys.items() if count > 1]


def _once(row: Row) -> tuple[object, ...]:
    alert = orjson.loads(row.body)["data"].get("alert_id")
    return row.stream, row.type, alert or row.cause, row.happened if row.type in WEIGHED else None


def unlike_its_topic(rows: Sequence[Row], records: Sequence[ConsumerRecord]) -> list[str]:
    """Facts that the topic lacks or has otherwise, and what the topic has and nobody decided."""
    stored = {str(row.id): row for row in rows}
    broken = set(stored) - {event["id"] for event, _ in _events(records)}
    for event, record in _events(records):
        row = stored.get(event["id"])
        if row is None or (row.body, row.partition) != (record.value, record.partition):
            broken.add(event["id"])
    return sorted(broken)


def out_of_order(rows: Sequence[Row], records: Sequence[ConsumerRecord]) -> list[str]:
    """Streams whose versions were not first published as 1, 2, 3, …"""
    streams = {str(row.id): (row.stream, row.version) for row in rows}
    firsts = dict.fromkeys(event["id"] for event, _ in _events(records))
    return with_holes(streams[name] for name in firsts if name in streams)


def broken_promises(records: Sequence[ConsumerRecord]) -> list[str]:
    """Facts first published after a heartbeat of their partition had said that all before was published.

    After one that closed nothing may come at all.
    """
    vouched: defaultdict[int, str] = defaultdict(str)
    seen, broken = set(), []
    for event, record in _events(records, heartbeats=True):
        if event["type"] == HEARTBEAT:
            until = NEVER if event["data"]["closed"] else _sortable(event["time"])
            vouched[record.partition] = max(vouched[record.partition], until)
        elif event["id"] not in seen:
            seen.add(event["id"])
            if _sortable(event["time"]) < vouched[record.partition]:
                broken.append(f"{event['id']} of {event['time']} after {vouched[record.partition]}")
    return broken


def _sortable(time: str) -> str:
    return datetime.fromisoformat(time).isoformat(timespec="microseconds")


def _events(
    records: Sequence[ConsumerRecord], heartbeats: bool = False
) -> Iterable[tuple[dict[str, Any], ConsumerRecord]]:
    """Partition by partition, in the order of the log."""
    for record in sorted(records, key=lambda each: (each.partition, each.offset)):
        event = orjson.loads(record.value)
        if heartbeats or event["type"] != HEARTBEAT:
            yield event, record


def miscounted(log: Log, insight: Kept) -> list[str]:
    """Customers whose purchases, days or money insight knows otherwise than the log."""
    spent, days = Counter[str](), defaultdict(set)
    for purchase in log.purchases:
        spent[purchase.customer] += purchase.amount
        days[purchase.customer].add(purchase.day)
    known: defaultdict[str, set[object]] = defaultdict(set)
    for customer, day in insight.views["days"]:
        known[customer].add(day)
    money = {customer: amount for customer, _, amount in insight.views["spending"]}
    everybody = sorted({*spent, *money, *known})
    return [each for each in everybody if (spent[each], days[each]) != (money.get(each), known[each])]
