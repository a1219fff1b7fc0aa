"""Whose alert is meant, and which: people write the beginning of its id, as the pages show it."""

import re

import asyncpg
import orjson

from deploy.errors import Trouble
from deploy.provisioning.databases import shown
from shared.contracts.insight import ChurnRiskRaised

BEGINS = """
select key, body from facts where type = $1 and position(convert_to($2, 'UTF8') in body) > 0
order by happened desc limit 2000
"""
"""Of all that were raised, looked through once: an owner asks seldom."""
ID = re.compile(r"[0-9a-f-]{4,36}")


async def find(database: str, begins: str) -> tuple[str, str]:
    """Customer and whole id of the only alert that begins so. Errors: `Trouble`."""
    if not ID.fullmatch(begins):
        raise Trouble(f"{begins!r} is no alert, such as 5d0c1f6e: evergreen journey CUSTOMER names them")
    try:
        connection = await asyncpg.connect(database, timeout=10)
        try:
            rows = await connection.fetch(BEGINS, ChurnRiskRaised.type, f'"alert_id":"{begins}')
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError) as error:
        raise Trouble(f"the database at {shown(database)} can't be read: {error}") from error
    found = {(row["key"], orjson.loads(row["body"])["data"]["alert_id"]) for row in rows}
    if not found:
        raise Trouble(f"there is no alert {begins}: evergreen journey CUSTOMER names a customer's")
    if len(found) > 1:
        raise Trouble(f"{len(found)} alerts begin with {begins}: write more of the id")
    return found.pop()
