"""Topics, databases, roles and schemas, on the local house or on any Kafka and PostgreSQL."""

import asyncio
from collections.abc import Sequence

from deploy import databases, topics
from deploy.databases import Database

STAGES = ("acquisition", "conversion", "retention", "insight")


async def provision(kafka: str, admin_url: str, wanted: Sequence[Database]) -> None:
    """Makes what is missing on both and leaves what is there; Trouble names what stands in the way."""
    await asyncio.gather(topics.provide(kafka, topics.topics()), databases.provide(admin_url, wanted))
