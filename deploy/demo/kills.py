"""kill -9, again and again, of everything that runs, while a log is played; each is started again."""

import asyncio
import random
from collections.abc import Callable
from typing import Protocol

SERVERS = ("kafka", "postgres")


class Mortal(Protocol):
    """What is struck: a house."""

    def kill(self, name: str) -> None: ...

    def restart(self, name: str) -> None: ...


async def strike(
    house: Mortal, names: list[str], within: float, seed: int, tell: Callable[[str], None]
) -> int:
    """Kill each name once, in random order at random moments within so many seconds; how many were."""
    dice = random.Random(seed)
    victims = dice.sample(names, len(names))
    moments = sorted(dice.uniform(0.1, 1.0) * within for _ in victims)
    began = asyncio.get_running_loop().time()
    for moment, victim in zip(moments, victims, strict=True):
        await asyncio.sleep(max(0.0, began + moment - asyncio.get_running_loop().time()))
        await asyncio.to_thread(house.kill, victim)
        tell(f"killed {victim} (-9)")
        await asyncio.to_thread(house.restart, victim)
        tell(f"{victim} is back")
    return len(victims)
