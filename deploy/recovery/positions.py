"""Where a service stands in the logs it reads, and how it is moved by hand: knowingly, with the gap kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import asyncpg

from deploy.errors import Trouble
from deploy.events import topic as topics
from shared.consume.client.logs import read_ids, read_logs
from shared.core.agreement import Log, disagreement
from shared.core.store import Position, TopicPartition

KNOWN = "select topic, partition, next_offset, cluster, topic_id from positions order by 1, 2"
MOVE = (
    "update positions set (next_offset, cluster, topic_id) = ($3, $4, $5) where (topic, partition) = ($1, $2)"
)
NOTE = """
insert into position_gaps (topic, partition, from_offset, to_offset, cluster, topic_id, reason)
values ($1, $2, $3, $4, $5, $6, $7)
"""


@dataclass(frozen=True)
class Standing:
    """One partition as a service has taken it, beside what lies on Kafka (None: nothing)."""

    place: TopicPartition
    position: Position
    log: Log | None

    @property
    def problem(self) -> str | None:
        """Why the service takes nothing there."""
        return disagreement(self.position, self.log)

    @property
    def behind(self) -> int:
        """Records not taken; all that lie there, where position and log disagree."""
        if self.log is None:
            return 0
        return self.log.end - (self.log.beginning if self.problem else self.position.offset)


@dataclass(frozen=True)
class Move:
    """A position set by hand, and why it had to be."""

    place: TopicPartition
    position: Position
    to: Position
    reason: str


async def read_positions(url: str) -> dict[TopicPartition, Position]:
    """All that a service's database knows."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return {(name, number): Position(*known) for name, number, *known in await connection.fetch(KNOWN)}
    finally:
        await connection.close()


async def lying(kafka: str, places: Iterable[TopicPartition]) -> dict[TopicPartition, Log]:
    """The logs of these partitions, of those that are there."""
    wanted = set(places)
    reader = topics.consumer(kafka)
    try:
        await reader.start()
        ids = await read_ids(reader, {topic for topic, _ in wanted})
        return dict(await read_logs(reader, ids, sorted(wanted)))
    finally:
        await reader.stop()


async def standings(kafka: str, url: str) -> list[Standing]:
    """Every partition that the service of this database has opened."""
    positions = await read_positions(url)
    logs = await lying(kafka, positions)
    return [Standing(place, position, logs.get(place)) for place, position in positions.items()]


def moves(
    found: Sequence[Standing], topic: str, partition: int | None = None, offset: int | None = None
) -> list[Move]:
    """What accepting does: each partition that disagrees to its log's beginning, or one to an offset.

    Trouble when there is nothing to do, or nowhere to go.
    """
    wanted = [each for each in found if each.place[0] == topic and partition in (None, each.place[1])]
    if not wanted:
        raise Trouble(f"this service has no position on topic {topic!r}: {_known(found)}")
    if offset is None:
        wanted = [each for each in wanted if each.problem]
        if not wanted:
            raise Trouble(
                f"every position on topic {topic} agrees with its log: nothing needs accepting (to move one "
                "all the same: --partition N --from OFFSET)"
            )
    return [_move(each, offset) for each in wanted]


def _move(standing: Standing, offset: int | None) -> Move:
    topic, partition = standing.place
    if standing.log is None:
        raise Trouble(f"topic {topic}, partition {partition} {standing.problem}")
    beginning, end = standing.log.beginning, standing.log.end
    to = beginning if offset is None else offset
    if not beginning <= to <= end:
        raise Trouble(
            f"topic {topic}, partition {partition} reaches from {beginning} to {end}: {to} lies outside"
        )
    reason = standing.problem or "was moved by its owner"
    return Move(
        standing.place, standing.position, Position(to, standing.log.cluster, standing.log.topic_id), reason
    )


def _known(found: Sequence[Standing]) -> str:
    return f"it has some on {', '.join(sorted({each.place[0] for each in found})) or 'none at all'}"


async def apply(owner_url: str, wanted: Sequence[Move]) -> None:
    """All of it or nothing. Trouble when the service has gone on meanwhile."""
    connection = await asyncpg.connect(owner_url, timeout=10)
    try:
        async with connection.transaction():
            rows = await connection.fetch(f"{KNOWN} for update")
            known = {(topic, partition): Position(*at) for topic, partition, *at in rows}
            for move in wanted:
                if known.get(move.place) != move.position:
                    raise Trouble(
                        f"topic {move.place[0]}, partition {move.place[1]} was moved meanwhile: try again"
                    )
                offset, cluster, topic_id = move.position
                await connection.execute(
                    NOTE, *move.place, offset, move.to.offset, cluster, topic_id, move.reason
                )
                await connection.execute(MOVE, *move.place, *move.to)
    finally:
        await connection.close()
