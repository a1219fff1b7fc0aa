"""Topics, principals, databases, roles and schemas, on the local house or on any Kafka and PostgreSQL."""

import asyncio
from collections.abc import Mapping, Sequence

from deploy.provisioning import databases, topics
from deploy.provisioning.databases import Database
from deploy.provisioning.topics import AS_FITS, Replication
from deploy.security import principals
from deploy.security.rights import rights

STAGES = ("acquisition", "conversion", "retention", "insight")


async def provision(
    kafka: str,
    admin_url: str,
    wanted: Sequence[Database],
    replication: Replication = AS_FITS,
    passwords: Mapping[str, str] | None = None,
) -> None:
    """Makes what is missing on both and leaves what is there; Trouble names what stands in the way.

    With `passwords`, which may be empty, the pages' access lists are made, and these principals get theirs.
    """
    await asyncio.gather(
        _provision_kafka(kafka, replication, passwords), databases.provide(admin_url, wanted)
    )


async def _provision_kafka(kafka: str, replication: Replication, passwords: Mapping[str, str] | None) -> None:
    await topics.provide(kafka, topics.topics(), replication)
    if passwords is not None:
        await principals.provide(kafka, passwords, rights(topics.pages()))
