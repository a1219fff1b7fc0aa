"""Wishes of guests on real servers, and whether each was heard once."""

from collections import Counter

from shared.contracts.event import Event
from shared.service.stage import StageHandler
from tests.shared.core.reminders import wanted
from tests.system.reminder_service import Restaurant, until


def wishes(count: int, start: int = 0) -> list[Event]:
    """Of twenty guests, each with an id of its own."""
    return [wanted(f"w{n}", f"guest-{n % 20}") for n in range(start, start + count)]


async def all_taken(place: Restaurant, count: int) -> None:
    async def done() -> bool:
        return await place.taken() >= count

    await until(done, seconds=30)


async def heard_once(place: Restaurant, count: int) -> None:
    """One fact for each wish, versions without a gap."""
    eggs = await place.eggs()
    assert len(eggs) == len(set(eggs)) == count
    last = Counter(stream for stream, _ in eggs)
    assert {stream: max(v for s, v in eggs if s == stream) for stream in last} == last


def like(place: Restaurant, handler: type[StageHandler]) -> StageHandler:
    made = place.handler
    return handler(made.stage, made.transactor.vocabulary, made.context)
