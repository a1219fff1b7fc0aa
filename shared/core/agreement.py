"""Whether a position and the log that it counts in still belong together: pure.

An offset means something in one log only. Where they disagree nothing is taken: to go on at an offset of
another log, or past a gap, would skip records without a word. A partition is one world over all topics that
are heard, so all partitions of one number go on or none of them; those of other numbers do not care.
"""

from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

from shared.core.store import Position, TopicPartition


class Log(NamedTuple):
    """A partition's log as it lies on Kafka: offsets from `beginning` to before `end`."""

    cluster: str | None
    topic_id: str | None
    beginning: int
    end: int


def disagreement(position: Position, log: Log | None) -> str | None:
    """Why records must not be taken there; None: they may."""
    if log is None:
        return "is gone from Kafka: restore it, or make the topic again with `evergreen provision`"
    if _differ(position.cluster, log.cluster):
        return (
            f"lies on another Kafka cluster ({log.cluster}) than position {position.offset} was reached on "
            f"({position.cluster}): go back to that one, or take this log from its beginning"
        )
    if _differ(position.topic_id, log.topic_id):
        return (
            f"was deleted and made again since position {position.offset} was reached: "
            "take the new log from its beginning"
        )
    if position.offset < log.beginning:
        return (
            f"has lost offsets {position.offset} to {log.beginning - 1} before they were taken (Kafka keeps "
            "records for a time only): have them published again, then go on from its beginning"
        )
    if position.offset > log.end:
        return (
            f"ends at {log.end}, before position {position.offset}: it has lost records that were taken, and "
            "new ones will lie below the position: take it from its beginning"
        )
    return None


def _differ(known: str | None, told: str | None) -> bool:
    return known is not None and told is not None and known != told


def disagreements(
    places: Iterable[TopicPartition],
    positions: Mapping[TopicPartition, Position],
    logs: Mapping[TopicPartition, Log],
) -> dict[TopicPartition, str]:
    """All of them by partition. One that was never opened agrees with any log that is there."""
    found = {}
    for place in places:
        log = logs.get(place)
        position = positions.get(place) or Position(log.beginning if log else 0)
        if problem := disagreement(position, log):
            found[place] = problem
    return found


def opened(
    positions: Mapping[TopicPartition, Position], logs: Mapping[TopicPartition, Log]
) -> dict[TopicPartition, Position]:
    """What is to be remembered: new partitions at their beginning, and of old ones the log they count in."""
    found = {}
    for place, log in logs.items():
        before = positions.get(place, Position(log.beginning))
        bound = Position(before.offset, before.cluster or log.cluster, before.topic_id or log.topic_id)
        if positions.get(place) != bound:
            found[place] = bound
    return found


def told(service: str, wrong: Mapping[TopicPartition, str]) -> str:
    """The first partition's problem, how many more there are, and the way out."""
    (topic, partition), problem = min(wrong.items())
    more = f" (and {len(wrong) - 1} more partitions)" if len(wrong) > 1 else ""
    return (
        f"topic {topic}, partition {partition} {problem}{more}. `evergreen positions accept --service "
        f"{service} --topic {topic}` does so: events taken before are known by their ids and change nothing"
    )


def numbers(partitions: Iterable[int]) -> str:
    """Partitions in words."""
    named = sorted(partitions)
    return f"partition{'s' if len(named) > 1 else ''} {', '.join(map(str, named))}"


def missing(topics: Iterable[str], there: Container[str]) -> str | None:
    """A topic that is not there has no partitions, and what nobody owns nobody misses."""
    gone = sorted(topic for topic in topics if topic not in there)
    if not gone:
        return None
    return f"topic {gone[0]} is gone from Kafka: restore it, or make it again with `evergreen provision`"


def miscounted(topics: Iterable[str], counts: Mapping[str, int], wanted: int) -> str | None:
    """Where keys are placed by another number than here, what a sender did rightly looks wrong."""
    for topic in sorted(topics):
        if (count := counts.get(topic, wanted)) != wanted:
            return (
                f"topic {topic} has {count} partitions and not {wanted}, so the events of one customer lie "
                "in different ones: delete it and `evergreen provision`, go on from its beginning "
                "(`evergreen positions accept`), and have what was sent since sent again"
            )
    return None


def uneven(places: Iterable[TopicPartition], topics: Iterable[str]) -> dict[int, str]:
    """Whoever owns a partition in one topic must own it in all; the problem of each that is not so."""
    owned, found = set(places), {}
    for partition in sorted({partition for _, partition in owned}):
        if missing := sorted(topic for topic in topics if (topic, partition) not in owned):
            found[partition] = (
                f"partition {partition} of topic {missing[0]} is not there, or belongs to a process that "
                "hears other topics: wait until all run one release, or provision the topic"
            )
    return found
