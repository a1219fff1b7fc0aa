"""What the tests of the relay write to the log, and what they find on the topics."""

from typing import Any
from uuid import uuid4

from shared.contracts.topics import DEAD_LETTERS
from shared.core.store import StoredFact
from tests.shared.core.reminders import NOON
from tests.system.reminder_service import ReminderService, lying, until


def fact(stream: str, version: int = 1, partition: int = 0) -> StoredFact:
    body = f"{stream}/{version}".encode()
    return StoredFact(
        stream, version, str(uuid4()), "reminder.set", partition, stream, NOON, NOON, None, None, body
    )


async def published(service: ReminderService) -> list[str]:
    return [record.value.decode() for record in await lying(service.settings.kafka, service.topic)]


async def all_published(service: ReminderService, seconds: float = 20) -> None:
    async def done() -> bool:
        return not await service.store.pool.fetchval("select exists (select from unpublished)")

    await until(done, seconds)


async def letters(service: ReminderService) -> list[Any]:
    found = await lying(service.settings.kafka, DEAD_LETTERS)
    return [each for each in found if ("evergreen-refused-by", service.topic.encode()) in each.headers]
