"""Which logs lie on Kafka now: the ids of cluster and topics, and from where to where each partition reaches.

aiokafka asks for metadata in a version that does not know the ids of topics; this asks in one that does. A
broker that is too old for it tells the cluster's id alone.
"""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, NamedTuple

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import NodeNotReadyError
from aiokafka.protocol import types
from aiokafka.protocol.abstract import AbstractType
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.metadata import MetadataRequest_v5

from shared.core.agreement import Log
from shared.core.store import TopicPartition

TAGS = ("tags", types.TaggedFields)
NUMBERS = types.CompactArray(types.Int32)
TEXT = types.CompactString("utf-8")


class Uuid(AbstractType[bytes]):  # type: ignore[misc]
    """Sixteen bytes."""

    @classmethod
    def encode(cls, value: bytes) -> bytes:
        return value

    @classmethod
    def decode(cls, data: Any) -> bytes:
        return bytes(data.read(16))


NOBODY = bytes(16)
"""The id of no topic: one is asked for by its name."""


class MetadataResponse12(Response):  # type: ignore[misc]
    API_KEY = 3
    API_VERSION = 12
    SCHEMA = types.Schema(
        ("throttle_time_ms", types.Int32),
        ("brokers", types.CompactArray(
            ("node_id", types.Int32), ("host", TEXT), ("port", types.Int32), ("rack", TEXT), TAGS)),
        ("cluster_id", TEXT),
        ("controller_id", types.Int32),
        ("topics", types.CompactArray(
            ("error_code", types.Int16), ("topic", TEXT), ("topic_id", Uuid), ("is_internal", types.Boolean),
            ("partitions", types.CompactArray(
                ("error_code", types.Int16), ("partition", types.Int32), ("leader", types.Int32),
                ("leader_epoch", types.Int32), ("replicas", NUMBERS), ("isr", NUMBERS), ("offline", NUMBERS),
                TAGS)),
            ("authorized_operations", types.Int32), TAGS)),
        TAGS,
    )  # fmt: skip


class MetadataRequest12(RequestStruct):  # type: ignore[misc]
    FLEXIBLE_VERSION = True
    API_KEY = 3
    API_VERSION = 12
    RESPONSE_TYPE = MetadataResponse12
    SCHEMA = types.Schema(
        ("topics", types.CompactArray(("topic_id", Uuid), ("topic", TEXT), TAGS)),
        ("allow_auto_topic_creation", types.Boolean),
        ("include_topic_authorized_operations", types.Boolean),
        TAGS,
    )


class IdsRequest(Request[MetadataRequest_v5 | MetadataRequest12]):  # type: ignore[misc]
    """Metadata of the topics, in the newest of two versions that the broker takes."""

    API_KEY: ClassVar[int] = 3

    def __init__(self, topics: Collection[str]) -> None:
        self._topics = sorted(topics)

    def build(self, request_struct_class: Any) -> Any:
        if request_struct_class is MetadataRequest12:
            return MetadataRequest12([(NOBODY, topic, {}) for topic in self._topics], False, False, {})
        return request_struct_class(self._topics, False)


class Ids(NamedTuple):
    """The cluster's id, and the id of each topic that is there, None where the broker tells none; and how
    many partitions each has."""

    cluster: str | None
    topics: Mapping[str, str | None]
    partitions: Mapping[str, int]


async def read_ids(consumer: AIOKafkaConsumer, topics: Collection[str]) -> Ids:
    """Errors: `KafkaError` while no broker answers."""
    client: AIOKafkaClient = consumer._client  # noqa: SLF001 - it has no other way to its connections
    node = client.get_random_node()
    if node is None:
        raise NodeNotReadyError("no broker is known")
    answer = await client.send(node, IdsRequest(topics))
    there = [each for each in answer.topics if each[0] == 0]
    if answer.API_VERSION == MetadataResponse12.API_VERSION:
        counts = {topic: len(partitions) for _, topic, _, _, partitions, *_ in there}
        return Ids(answer.cluster_id, {topic: topic_id.hex() for _, topic, topic_id, *_ in there}, counts)
    counts = {topic: len(partitions) for _, topic, _, partitions in there}
    return Ids(answer.cluster_id, dict.fromkeys(counts), counts)


async def read_logs(
    consumer: AIOKafkaConsumer, ids: Ids, places: Collection[TopicPartition]
) -> Mapping[TopicPartition, Log]:
    """Of the partitions whose topic is there. Errors: `KafkaError` while no broker answers."""
    parts = [KafkaPartition(*place) for place in places if place[0] in ids.topics]
    if not parts:
        return {}
    begins, ends = await consumer.beginning_offsets(parts), await consumer.end_offsets(parts)
    return {
        (tp.topic, tp.partition): Log(ids.cluster, ids.topics[tp.topic], begins[tp], ends[tp]) for tp in parts
    }
