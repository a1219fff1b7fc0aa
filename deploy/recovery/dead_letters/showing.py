"""One dead letter as a service's database has it, whole, whatever was sent on of it."""

import asyncio
import base64
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from deploy.errors import Trouble
from deploy.provisioning.databases import shown
from deploy.recovery.dead_letters.letters import Place
from shared.core.dead_letter import headers_back

KEPT = """
select topic, partition, offset_, through, attempt, recorded, reason, key, body, headers from dead_letters
where (topic, partition) = ($1, $2) and offset_ <= $3 and coalesce(through, offset_) >= $3
order by offset_ desc, attempt desc limit 1
"""


def kept(where: Place, databases: Mapping[str, str]) -> tuple[str, Any]:
    """Who keeps the record of a place, and its row; of several the first. Errors: `Trouble`."""
    if where.offset is None:
        raise Trouble("which record? name its partition and offset too, such as signals/3@17")
    return asyncio.run(_kept(where, databases))


async def _kept(where: Place, databases: Mapping[str, str]) -> tuple[str, Any]:
    for service, url in databases.items():
        try:
            connection = await asyncpg.connect(url, timeout=10)
            try:
                row = await connection.fetchrow(KEPT, *where)
            finally:
                await connection.close()
        except (OSError, asyncpg.PostgresError) as error:
            raise Trouble(f"the database of {service} at {shown(url)} can't be read: {error}") from error
        if row is not None:
            return service, row
    raise Trouble(f"nobody of {', '.join(databases)} keeps a dead letter of {where}")


def described(service: str, row: Any) -> dict[str, Any]:
    """For people and programs: bytes as text where they are some, in base64 where they are not."""
    return {
        "service": service, "topic": row["topic"], "partition": row["partition"], "offset": row["offset_"],
        "through": row["through"],
        "attempt": row["attempt"], "recorded": row["recorded"].isoformat(), "reason": row["reason"],
        "key": _readable(row["key"]), "headers": _told(headers_back(row["headers"])),
        "value": _readable(row["body"]),
    }  # fmt: skip


def _told(headers: Sequence[tuple[str, bytes | None]]) -> list[list[Any]]:
    return [[name, _readable(raw)] for name, raw in headers]


def _readable(raw: bytes | None) -> Any:
    if raw is None:
        return None
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(raw).decode()}
