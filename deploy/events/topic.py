"""Reading whole topics, and where they end; no consumer group, so nobody notices."""

from collections.abc import AsyncIterator, Iterable, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import ConsumerRecord

from deploy.errors import Trouble
from shared.consume.client.lenient_records import install_lenient_records
from shared.kafka import kafka_client

Place = tuple[str, int]


def consumer(kafka: str) -> AIOKafkaConsumer:
    """A reader of its own, not started."""
    install_lenient_records()
    return AIOKafkaConsumer(
        **kafka_client(kafka), enable_auto_commit=False, auto_offset_reset="earliest", group_id=None,
        isolation_level="read_committed",
        request_timeout_ms=10_000, max_partition_fetch_bytes=4 * 1024 * 1024,
    )  # fmt: skip


async def places(kafka: str, topics: Iterable[str]) -> list[TopicPartition]:
    """All partitions of the topics; Trouble names a topic that is not there."""
    admin = AIOKafkaAdminClient(**kafka_client(kafka), request_timeout_ms=10_000)
    try:
        await admin.start()
        found = await admin.describe_topics(list(topics))
    finally:
        await admin.close()
    for topic in found:
        if not topic["partitions"]:
            raise Trouble(f"Kafka has no topic {topic['topic']!r}: evergreen provision makes the topics")
    return [TopicPartition(each["topic"], one["partition"]) for each in found for one in each["partitions"]]


async def ends(reader: AIOKafkaConsumer, where: Iterable[TopicPartition]) -> dict[Place, int]:
    """The offset after the last record of each partition."""
    offsets: Mapping[TopicPartition, int] = await reader.end_offsets(list(where))
    return {(place.topic, place.partition): offset for place, offset in offsets.items()}


async def whole(kafka: str, topic: str) -> AsyncIterator[ConsumerRecord]:
    """Every record from the beginning to what is the end now."""
    reader = consumer(kafka)
    await reader.start()
    try:
        everywhere = await ends(reader, await places(kafka, [topic]))
        goals = {place: end for place, end in everywhere.items() if end}
        reader.assign([TopicPartition(*place) for place in goals])
        if goals:
            await reader.seek_to_beginning()
        while goals:
            for records in (await reader.getmany(timeout_ms=500, max_records=5_000)).values():
                for record in records:
                    yield record
            goals = {
                place: end
                for place, end in goals.items()
                if await reader.position(TopicPartition(*place)) < end
            }
    finally:
        await reader.stop()
