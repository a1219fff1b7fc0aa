"""What all contenders stand on: one house, one preloaded topic, databases that can be brought back."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load import log
from bench.load.customers import history, regulars, rush
from bench.load.log import Offsets
from bench.load.sizes import SIGNALS, Sizes
from bench.testbed import stores
from bench.testbed.programs import Service, run_service
from deploy.local.house.house import House
from deploy.local.house.record import ServiceRecord
from deploy.provisioning.databases import Database

HEARD = (SIGNALS, "acquisition", "conversion", "retention")
MEASURED = ("conversion", "insight")
SILENT = "select not exists (select from unpublished)"
JUDGED = "select count(*) = 6 from frontiers where through >= $1"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Testbed:
    """`start` is where the measured week begins on `signals`, and its earliest record."""

    house: House
    sizes: Sizes
    start: Offsets
    tell: Tell

    @property
    def bootstrap(self) -> str:
        return self.house.kafka.bootstrap

    @property
    def admin(self) -> str:
        return self.house.postgres.admin_url

    @property
    def logs(self) -> Path:
        return self.house.directory / "logs"

    def record(self, name: str) -> ServiceRecord:
        return self.house.services[name]

    def ends(self, *topics: str) -> Offsets:
        return asyncio.run(log.ends(self.bootstrap, topics))

    def bring_back(self, name: str, signals: Offsets) -> None:
        """The service's database as after the history: `signals` from here on, the rest from their ends."""
        record = self.record(name)
        stores.bring_back(self.admin, Database(name, record.database_url, record.owner_url))
        stores.begin_at(record.owner_url, {**self.ends(*HEARD[1:]), **signals})

    @contextmanager
    def running(self, name: str) -> Iterator[Service]:
        """The real service as a process of its own."""
        record = self.record(name)
        with (
            stores.asking(record.owner_url) as ask,
            run_service(name, self.bootstrap, record.database_url, self.logs, ask) as one,
        ):
            yield one


def prepare(directory: Path, sizes: Sizes, tell: Tell) -> Testbed:
    """A fresh house without services: insight has lived through the history, the measured week waits."""
    house = House.open(directory, services=(), fresh=True, clock="log", tell=tell)
    testbed = Testbed(house, sizes, {}, tell)
    try:
        start = _live_through_history(testbed)
        tell(f"publishing {sizes.rush:,} purchases of one week")
        asyncio.run(log.pour(testbed.bootstrap, list(rush(sizes, regulars(sizes)))))
        asyncio.run(log.forget_before(testbed.bootstrap, start))
    except BaseException:
        house.close()
        raise
    return Testbed(house, sizes, start, tell)


def _live_through_history(testbed: Testbed) -> Offsets:
    records = list(history(testbed.sizes))
    testbed.tell(
        f"letting insight live through {testbed.sizes.history_weeks} weeks ({len(records):,} records)"
    )
    asyncio.run(log.pour(testbed.bootstrap, records))
    start = testbed.ends(SIGNALS)
    with testbed.running("insight") as service:
        service.until(lambda: caught_up(service, start), 120.0, "insight to live through the history")
        service.until(
            lambda: judged(service, testbed.sizes.present.date()), 60.0, "insight to judge the history"
        )
    for name in MEASURED:
        stores.set_aside(testbed.admin, name)
    return start


def caught_up(service: Service, ends: Offsets) -> bool:
    """Whether the service has stored and published everything before these ends of `signals`."""
    rows = service.ask("select partition, next_offset from positions where topic = $1", SIGNALS)
    reached = {(SIGNALS, row["partition"]): row["next_offset"] for row in rows}
    behind = any(reached.get(place, 0) < end for place, end in ends.items())
    return not behind and bool(service.ask(SILENT)[0][0])


def judged(service: Service, through: object) -> bool:
    """Whether insight has judged every morning up to this date on every partition, and said so."""
    return bool(service.ask(JUDGED, through)[0][0]) and bool(service.ask(SILENT)[0][0])
