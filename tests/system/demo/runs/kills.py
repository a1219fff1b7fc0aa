"""kill -9 of everything, three times each, at moments of the log that a seed draws."""

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from deploy.local.house.house import House
from deploy.purchases.purchase import Log

SERVERS = ("kafka", "postgres")
ROUNDS = 3
TOGETHER = (1, 2, 3)
"""How many die together: six a round."""


@dataclass(frozen=True, slots=True)
class Strike:
    """Who dies, once the log was played up to `moment` and so many seconds more."""

    moment: datetime
    seconds: float
    victims: tuple[str, ...]


def strikes(names: list[str], log: Log, seed: int) -> list[Strike]:
    """In order; every name once a round, so that nobody dies twice in one strike."""
    dice = random.Random(seed)
    groups = [group for _ in range(ROUNDS) for group in _groups(dice, names)]
    moments = sorted(purchase.time for purchase in dice.sample(list(log.purchases), len(groups)))
    return [Strike(at, dice.uniform(0, 0.5), group) for at, group in zip(moments, groups, strict=True)]


def _groups(dice: random.Random, names: list[str]) -> list[tuple[str, ...]]:
    victims = iter(dice.sample(names, len(names)))
    return [tuple(next(victims) for _ in range(size)) for size in dice.sample(TOGETHER, len(TOGETHER))]


class Kills:
    """A trial of the house: it is played up to the next strike at once, so that each one finds it busy."""

    def __init__(self, house: House, log: Log, seed: int) -> None:
        self.house, self.log = house, log
        self.coming = strikes([*house.services, *SERVERS], log, seed)
        self.died: list[str] = []

    def until(self) -> datetime:
        return self.coming[0].moment if self.coming else self.log.end

    async def run(self, played: Callable[[], datetime | None]) -> None:
        while self.coming:
            strike = self.coming[0]
            while (at := played()) is None or at < strike.moment:
                await asyncio.sleep(0.01)
            await asyncio.sleep(strike.seconds)
            await asyncio.to_thread(self._strike, strike.victims)
            self.coming.pop(0)

    def _strike(self, victims: tuple[str, ...]) -> None:
        for name in victims:
            self.house.kill(name)
            self.died.append(name)
        with ThreadPoolExecutor(len(victims)) as pool:
            list(pool.map(self.house.restart, victims))
