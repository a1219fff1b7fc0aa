"""A log played through a house, whatever the house has to bear meanwhile; and what is left of it."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from aiokafka.structs import ConsumerRecord

from deploy.demo.report.alerts import Alert, fits, fold
from deploy.demo.watching.drain import Patience, drained
from deploy.demo.watching.gauges import Gauges, Reading
from deploy.events.producer import Publisher
from deploy.events.topic import whole
from deploy.local.house.house import House
from deploy.playing.player import Manner, Played, play
from deploy.purchases.purchase import Log
from shared.contracts.insight import INSIGHT
from shared.contracts.policies import ModelFitted
from shared.contracts.reading import read
from tests.system.demo.runs.kept import Kept, kept

LATER = datetime(9000, 1, 1, tzinfo=UTC)


class Trial(Protocol):
    """What happens to the house: `until` is the moment of the log up to which it may be played by now."""

    def until(self) -> datetime: ...

    async def run(self, played: Callable[[], datetime | None]) -> None: ...


class Peace:
    """No trial at all."""

    def until(self) -> datetime:
        return LATER

    async def run(self, played: Callable[[], datetime | None]) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Ended:
    """A house that has drained: `kept` by service, `lying` by topic."""

    log: Log
    played: Played
    reading: Reading
    kept: Mapping[str, Kept]
    lying: Mapping[str, Sequence[ConsumerRecord]]
    seconds: float
    alerts: Sequence[Alert] = field(init=False)
    fits: Mapping[int, ModelFitted] = field(init=False)

    def __post_init__(self) -> None:
        told = [read(row.body, [], INSIGHT) for row in self.kept["insight"].facts]
        object.__setattr__(self, "alerts", fold(told))
        object.__setattr__(self, "fits", fits(told))


def demo(house: House, log: Log, manner: Manner, trial: Trial | None = None) -> Ended:
    """Plays it all, and waits until all of it was taken, judged and published. Errors: Trouble when stuck."""
    return asyncio.run(_demo(house, log, manner, trial or Peace()))


async def _demo(house: House, log: Log, manner: Manner, trial: Trial) -> Ended:
    bootstrap, began = house.kafka.bootstrap, time.monotonic()
    databases = {name: each.database_url for name, each in house.services.items()}
    async with AsyncExitStack() as stack:
        publisher = await stack.enter_async_context(Publisher(bootstrap))
        gauges = await stack.enter_async_context(Gauges(databases, bootstrap))
        played = await _played(log, manner, publisher, trial)
        patience = Patience(log.end, lambda: f"\nthe logs lie under {house.directory}")
        reading, _ = await drained(gauges, log.end, patience, lambda _: None)
    return Ended(
        log,
        played,
        reading,
        {name: await kept(url, name) for name, url in databases.items()},
        {topic: [record async for record in whole(bootstrap, topic)] for topic in house.topics},
        time.monotonic() - began,
    )


async def _played(log: Log, manner: Manner, publisher: Publisher, trial: Trial) -> Played:
    so_far = Played()

    def follow(played: Played) -> None:
        nonlocal so_far
        so_far = played

    async with asyncio.TaskGroup() as group:
        bearing = group.create_task(trial.run(lambda: so_far.moment))
        played = await play(log, manner, publisher, follow, trial.until)
        await bearing
    return played


def dismantle(house: House) -> None:
    """Ends it at once: nothing of it is needed again, and a clean stop of Kafka takes ten seconds."""
    for name in (*house.services, "kafka", "postgres"):
        if house.running(name):
            with suppress(ProcessLookupError):
                house.kill(name)
    house.close()
    house.forget()
