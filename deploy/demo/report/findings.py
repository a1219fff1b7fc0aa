"""What lies in the house once it has drained: insight's facts, dead letters, and how fast alerts followed."""

from collections.abc import Mapping, Sequence

import asyncpg

from deploy.events.topic import whole
from shared.contracts.event import Event
from shared.contracts.insight import INSIGHT, ChurnRiskRaised, ChurnRiskResolved
from shared.contracts.reading import Unreadable, read, recall
from shared.contracts.signals import SIGNALS
from shared.contracts.topics import DEAD_LETTERS

TOLD = """
    select body from facts
    where type like 'insight.churn_risk_%' or type in ('insight.calendar_opened', 'insight.model_fitted')
    order by stream, version
"""
SPOKEN = (ChurnRiskRaised, ChurnRiskResolved)


async def insight_facts(database: str) -> list[Event]:
    """Alerts and what judged, as insight stored them, each stream in its order."""
    connection = await asyncpg.connect(database)
    try:
        return [recall(row["body"], INSIGHT) for row in await connection.fetch(TOLD)]
    finally:
        await connection.close()


async def dead_letters(kafka: str) -> dict[tuple[str, str, str], str]:
    """The reason of each dead letter by its place, told once even when it was published twice."""
    found: dict[tuple[str, str, str], str] = {}
    async for record in whole(kafka, DEAD_LETTERS):
        headers = {name: (raw or b"").decode(errors="replace") for name, raw in record.headers}
        place = tuple(headers.get(f"evergreen-{part}", "") for part in ("topic", "partition", "offset"))
        found[place[0], place[1], place[2]] = headers.get("evergreen-reason", "")
    return found


async def latencies_ms(kafka: str) -> list[float]:
    """For each alert raised or resolved: its record's time minus that of the signal that was its cause."""
    spoken = await _alerts_published(kafka)
    wanted = {cause for _, causes in spoken.values() for cause in causes}
    heard: dict[str, int] = {}
    async for record in whole(kafka, "signals"):
        name = _id(record.value, record.headers)
        if name in wanted:
            heard[name] = min(record.timestamp, heard.get(name, record.timestamp))
    return [
        delay
        for published, causes in spoken.values()
        if (delay := _delay(published, causes, heard)) is not None
    ]


async def _alerts_published(kafka: str) -> dict[str, tuple[int, tuple[str, ...]]]:
    """By event id: when it was first on the topic, and the ids of what may be its cause, nearest first."""
    spoken: dict[str, tuple[int, tuple[str, ...]]] = {}
    async for record in whole(kafka, "insight"):
        event = read(record.value, record.headers, INSIGHT)
        if isinstance(event.data, SPOKEN) and event.id not in spoken:
            causes = tuple(cause for cause in (event.causation, event.correlation) if cause)
            spoken[event.id] = (record.timestamp, causes)
    return spoken


def _delay(published: int, causes: Sequence[str], heard: Mapping[str, int]) -> float | None:
    return next((float(published - heard[cause]) for cause in causes if cause in heard), None)


def _id(value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> str:
    try:
        return read(value, headers, SIGNALS).id
    except Unreadable:
        return ""
