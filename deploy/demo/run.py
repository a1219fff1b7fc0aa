"""The demo itself: a log played through a running house, watched, drained and gathered."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from deploy.demo.report.alerts import fits, fold
from deploy.demo.report.findings import dead_letters, insight_facts, latencies_ms
from deploy.demo.report.summary import Outcome
from deploy.demo.watching.drain import Patience, drained
from deploy.demo.watching.gauges import Gauges, Reading
from deploy.demo.watching.screen import Screen
from deploy.events.producer import Publisher
from deploy.local.house.house import House
from deploy.local.process.processes import last_lines
from deploy.playing.player import Manner, Played, play
from deploy.purchases.purchase import Log

LOOK_EVERY = 0.25
Trial = Callable[[Callable[[str], None]], Awaitable[object]]
"""What the house has to bear meanwhile; it is given a way to say what it does."""


@dataclass(frozen=True, slots=True)
class DemoRun:
    """A log, how it is played, and the house it is played through."""

    house: House
    log: Log
    manner: Manner
    screen: Screen
    trial: Trial | None = None

    async def run(self) -> Outcome:
        """Errors: Trouble when Kafka stays away or something is stuck."""
        kafka = self.house.kafka.address
        databases = {name: service.database_url for name, service in self.house.services.items()}
        async with Publisher(kafka) as publisher, Gauges(databases, kafka) as gauges:
            played = await self._play(publisher, gauges)
            began = played.began or time.time()
            self.screen.note = "played; waiting for the last alerts"
            patience = Patience(self.log.end, self._last_words)
            reading, at = await drained(gauges, self.log.end, patience, self._see)
        return await self._gather(played, reading, at - began)

    async def _play(self, publisher: Publisher, gauges: Gauges) -> Played:
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._watch(gauges))
            trial = group.create_task(self._bear())
            played = await play(
                self.log, self.manner, publisher, self._follow, lambda: self.screen.reading.reached
            )
            await trial
            watching.cancel()
        return played

    async def _bear(self) -> None:
        if self.trial is not None:
            await self.trial(self.screen.say)

    async def _watch(self, gauges: Gauges) -> None:
        """Look often, but never spend more than a fifth of the time looking."""
        patience = Patience(self.log.end, self._last_words)
        while True:
            began = time.monotonic()
            reading = await gauges.read()
            self._see(reading)
            patience.heed(reading, self.screen.played.signals)
            await asyncio.sleep(max(LOOK_EVERY, 4 * (time.monotonic() - began)))

    def _see(self, reading: Reading | None) -> None:
        if reading is not None:
            self.screen.reading = reading
        self.screen.show()

    def _follow(self, played: Played) -> None:
        self.screen.played = played
        self.screen.show()

    def _judged(self) -> datetime | None:
        return self.screen.reading.reached

    def _last_words(self) -> str:
        """Which services do not run, and the ends of their logs."""
        words = ""
        for name, service in self.house.services.items():
            if self.house.running(name) is None:
                words += (
                    f"\n{name} is not running; its log, {service.log}, ends:\n{last_lines(Path(service.log))}"
                )
        return words or f"\nThe services run; their logs lie under {self.house.directory}"

    async def _gather(self, played: Played, reading: Reading, seconds: float) -> Outcome:
        kafka = self.house.kafka.address
        facts = await insight_facts(self.house.services["insight"].database_url)
        return Outcome(
            log=self.log,
            played=played,
            seconds=seconds,
            facts=reading.facts,
            alerts=fold(facts),
            fits=fits(facts),
            model=facts,
            latencies_ms=await latencies_ms(kafka),
            dead_letters=len(await dead_letters(kafka)),
            settings=self._settings(),
        )

    def _settings(self) -> Mapping[str, Any]:
        disorder = self.manner.disorder
        return {
            "pace_weeks_a_second": round(self.manner.pace, 3),
            "shuffle_days": disorder.days,
            "duplicates": disorder.duplicates,
            "seed": disorder.seed,
            "poison": [poison.name for poison in self.manner.poisons],
        }


def completed(run: DemoRun) -> Outcome:
    """Its outcome, once it was run to its end. Errors as of `DemoRun.run`."""
    with run.screen:
        try:
            return asyncio.run(run.run())
        except BaseExceptionGroup as group:
            raise _first(group) from None


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error inside, however deep: the task group's wrapping says nothing."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
