"""Changes of every kind for a store, and what it holds of them."""

from typing import Any
from uuid import uuid4

from shared.core.store import Changes, DeadLetter, Store, StoredFact
from shared.core.watermark import Clock
from shared.storage.memory import MemoryStore
from tests.shared.core.reminders import NOON, beat, minute, reminder

PLACE, OTHER = ("requests", 0), ("requests", 1)
KEY = b"sixteen-byte-key"


def fact(stream: str, version: int, body: bytes = b"{}") -> StoredFact:
    return StoredFact(stream, version, str(uuid4()), "reminder.set", 0, "short", NOON, NOON, None, None, body)


def letter(offset: int, reason: str = "not JSON") -> DeadLetter:
    return DeadLetter("requests", 0, offset, b"\xff", None, [("h\0", b"\xff\x00"), ("h", None)], reason, NOON)


def everything(replace_positions: dict[tuple[str, int], tuple[int, int]]) -> Changes:
    """A bit of each kind of change, for the reminder a."""
    return Changes(
        facts=[fact("reminder-a", 1)],
        timers={reminder("a"): (0, minute(1))},
        positions=replace_positions,
        clocks={0: (Clock(), Clock().hear(beat(60)))},
        inbox=[KEY],
        dead_letters=[letter(1)],
        heartbeats={0: b"{}"},
    )


async def holds(store: Store) -> list[object]:
    """What a store knows of what `everything` would change, apart from positions."""
    return [
        await store.bodies([reminder("a")]),
        await store.seen([KEY]),
        list(await store.timers({0: minute(60)}, 10)),
        await store.clocks([0]),
        await dead_letters(store),
    ]


async def dead_letters(store: Any) -> list[tuple[int, str]]:
    if isinstance(store, MemoryStore):
        return sorted((each.offset, each.reason) for each in store.dead_letters)
    return [
        tuple(row) for row in await store.pool.fetch("select offset_, reason from dead_letters order by 1, 2")
    ]
