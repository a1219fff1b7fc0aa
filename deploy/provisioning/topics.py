"""The topics, one page each, made on any Kafka."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, NodeNotReadyError

from deploy.errors import Trouble
from deploy.provisioning.topic_settings import KEPT, check_settings
from shared.kafka import kafka_client

PAGES = Path(__file__).with_name("topics.yaml")
DAY_MS = 86_400_000
LARGEST = 1_048_588
"""Kafka's own limit, where a page names no other."""
IN_SERVICE_SECONDS, BROKER_SECONDS = 30.0, 15.0


@dataclass(frozen=True)
class Topic:
    """What provisioning needs to know of a topic's page."""

    name: str
    partitions: int
    retention_days: int
    largest_bytes: int = LARGEST
    compression: str = "producer"

    def new(self, copies: int, min_insync: int) -> NewTopic:
        settings = {
            "retention.ms": str(self.retention_days * DAY_MS),
            **KEPT,
            "max.message.bytes": str(self.largest_bytes),
            "min.insync.replicas": str(min_insync),
            "compression.type": self.compression,
        }
        return NewTopic(self.name, self.partitions, copies, topic_configs=settings)


@dataclass(frozen=True)
class Replication:
    """How many brokers keep each record, and how many of them must have it before it counts as written.

    None: three, or as many brokers as there are; and one of them may be missing.
    """

    copies: int | None = None
    min_insync: int | None = None

    def among(self, brokers: int) -> tuple[int, int]:
        """Both numbers. Trouble when nothing could ever be written."""
        copies = self.copies or min(3, brokers)
        least = self.min_insync or max(1, copies - 1)
        if least > copies:
            raise Trouble(f"{least} copies in sync of {copies} can't be had: no record could be written")
        return copies, least


AS_FITS = Replication()


def pages(path: Path = PAGES) -> list[dict[str, Any]]:
    """Every page as it is written."""
    return list(yaml.safe_load_all(path.read_text()))


def topics() -> list[Topic]:
    """Every topic that the house needs."""
    return [
        Topic(
            page["topic"],
            page["partitions"],
            page["retention_days"],
            page.get("largest_bytes", LARGEST),
            page.get("compression", "producer"),
        )
        for page in pages()
    ]


async def reach(kafka: str) -> None:
    """Trouble when no Kafka answers there, or lets nobody in so."""
    async with _administrator(kafka):
        pass


async def provide(kafka: str, wanted: Sequence[Topic], replication: Replication = AS_FITS) -> None:
    """Makes the missing topics; Trouble when one has other partitions than its page, other
    settings than it must have, or too few copies."""
    async with _administrator(kafka) as admin:
        await _create(admin, wanted, replication)
        try:
            await asyncio.wait_for(_in_service(admin, wanted, replication), IN_SERVICE_SECONDS)
        except TimeoutError as error:
            raise Trouble(
                f"Kafka at {kafka} made the topics but gave them no leader in {IN_SERVICE_SECONDS:.0f} s"
            ) from error
        await check_settings(admin, [topic.name for topic in wanted])


@asynccontextmanager
async def _administrator(kafka: str) -> AsyncIterator[AIOKafkaAdminClient]:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        admin = await _started(kafka)
        try:
            yield admin
        finally:
            await admin.close()
    except (KafkaError, OSError) as error:
        raise Trouble(f"Kafka at {kafka} can't be provisioned: {error}") from error


async def _started(kafka: str) -> AIOKafkaAdminClient:
    """Once Kafka has a broker: while its only one is fenced, after a moment of silence or at its start,
    whoever asks is told that there is none, and the client that heard so never asks again."""
    give_up = monotonic() + BROKER_SECONDS
    while True:
        admin = AIOKafkaAdminClient(**kafka_client(kafka), request_timeout_ms=15_000)
        try:
            await admin.start()
            await admin.list_topics()
            return admin
        except BaseException as error:
            await admin.close()
            if not isinstance(error, NodeNotReadyError) or monotonic() > give_up:
                raise
        await asyncio.sleep(0.2)


async def _create(admin: AIOKafkaAdminClient, wanted: Sequence[Topic], replication: Replication) -> None:
    there = set(await admin.list_topics())
    missing = [topic for topic in wanted if topic.name not in there]
    if not missing:
        return
    copies = replication.among(len((await admin.describe_cluster())["brokers"]))
    answer = await admin.create_topics([topic.new(*copies) for topic in missing], timeout_ms=10_000)
    for name, code, *message in answer.topic_errors:
        # 36: another provision made it a moment ago.
        if code not in (0, 36):
            raise Trouble(f"Kafka refused topic {name}: {' '.join(filter(None, message)) or f'error {code}'}")


async def _in_service(admin: AIOKafkaAdminClient, wanted: Sequence[Topic], replication: Replication) -> None:
    names = [topic.name for topic in wanted]
    while not all(map(_has_leaders, found := await admin.describe_topics(names))):
        await asyncio.sleep(0.05)
    for topic in found:
        _check(topic["topic"], len(topic["partitions"]), wanted)
        _check_copies(topic, replication)


def _check(name: str, count: int, wanted: Sequence[Topic]) -> None:
    partitions = next(topic.partitions for topic in wanted if topic.name == name)
    if count != partitions:
        raise Trouble(
            f"topic {name} has {count} partitions where topics.yaml says {partitions}, so the events "
            "of one customer would lie in different ones: use another Kafka, and keep that topic until all "
            "that lies there has been taken"
        )


def _check_copies(topic: dict[str, Any], asked: Replication) -> None:
    copies = min(len(part["replicas"]) for part in topic["partitions"])
    if asked.copies and copies < asked.copies:
        raise Trouble(
            f"topic {topic['topic']} has {copies} copies of its records where {asked.copies} are asked for: "
            "give it more with kafka-reassign-partitions, or ask for fewer"
        )


def _has_leaders(topic: dict[str, Any]) -> bool:
    parts = topic["partitions"]
    return bool(parts) and all(part["leader"] >= 0 and part["error_code"] == 0 for part in parts)
