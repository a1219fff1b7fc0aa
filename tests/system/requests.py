"""Requests of customers on real servers, and whether each was heard once."""

from collections import Counter

from shared.contracts.event import Event
from shared.service.stage import StageHandler
from tests.shared.core.reminders import requested
from tests.system.reminder_service import ReminderService, until


def requests(count: int, start: int = 0) -> list[Event]:
    """Of twenty customers, each with an id of its own."""
    return [requested(f"w{n}", f"customer-{n % 20}") for n in range(start, start + count)]


async def all_taken(service: ReminderService, count: int) -> None:
    async def done() -> bool:
        return await service.taken() >= count

    await until(done, seconds=30)


async def all_told(service: ReminderService, count: int) -> None:
    """Exactly so many facts, in the end."""

    async def done() -> bool:
        return len(await service.facts()) == count

    await until(done)


async def heard_once(service: ReminderService, count: int) -> None:
    """One fact for each request, versions without a gap."""
    facts = await service.facts()
    assert len(facts) == len(set(facts)) == count
    last = Counter(stream for stream, _ in facts)
    assert {stream: max(v for s, v in facts if s == stream) for stream in last} == last


def like(service: ReminderService, handler: type[StageHandler]) -> StageHandler:
    made = service.handler
    return handler(made.stage, made.transactor.vocabulary, made.context)
