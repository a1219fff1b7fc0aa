"""What the tests of the relay write to the log, and what they find on the topics."""

from typing import Any
from uuid import uuid4

from shared.contracts.topics import DEAD_LETTERS
from shared.core.store import StoredFact
from tests.shared.core.reminders import NOON
from tests.system.reminder_service import Restaurant, lying, until


def fact(stream: str, version: int = 1, partition: int = 0) -> StoredFact:
    body = f"{stream}/{version}".encode()
    return StoredFact(
        stream, version, str(uuid4()), "egg.on", partition, stream, NOON, NOON, None, None, body
    )


async def published(place: Restaurant) -> list[str]:
    return [record.value.decode() for record in await lying(place.settings.kafka, place.topic)]


async def all_published(place: Restaurant, seconds: float = 20) -> None:
    async def done() -> bool:
        return not await place.store.pool.fetchval("select exists (select from unpublished)")

    await until(done, seconds)


async def letters(place: Restaurant) -> list[Any]:
    found = await lying(place.settings.kafka, DEAD_LETTERS)
    return [each for each in found if ("evergreen-refused-by", place.topic.encode()) in each.headers]
