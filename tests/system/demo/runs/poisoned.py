"""A house whose tables refuse some customers in the log's first weeks, until they are mended and redriven."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import asyncpg

from deploy.local.house.house import House
from deploy.local.process.apart import apart
from deploy.places import ROOT
from deploy.purchases.purchase import Log
from deploy.status import lag

TABLES: Mapping[str, tuple[str, str]] = {
    "acquisition": ("facts", "key"),
    "conversion": ("facts", "key"),
    "insight": ("timeline", "customer"),
}
FOUR_WEEKS = timedelta(weeks=4)
"""Before anything is judged: parameters that were fitted without a purchase stay as they are."""

Sent = tuple[int | None, int, list[str]]
"""Exit code, dead letters kept by then, and what was said."""


@dataclass
class Poisoned:
    """A trial: every tenth customer is refused; redriven once too early, once mended, and once too often."""

    house: House
    log: Log
    mended: bool = False
    sent: list[Sent] = field(default_factory=list)

    @property
    def mends(self) -> datetime:
        return self.log.opens + FOUR_WEEKS

    def until(self) -> datetime:
        return self.log.end if self.mended else self.mends

    def refused(self) -> Sequence[str]:
        early = {each.customer for each in self.log.purchases if each.time < self.mends}
        return sorted(early)[::10]

    async def plant(self) -> None:
        names = ", ".join(f"'{name}'" for name in self.refused())
        for service, (table, column) in TABLES.items():
            await self._owner(
                service, f"alter table {table} add constraint planted check ({column} not in ({names}))"
            )

    async def run(self, played: Callable[[], datetime | None]) -> None:
        while (at := played()) is None or at < self.mends - timedelta(days=1):
            await asyncio.sleep(0.05)
        await self._at_rest()
        await self._redrive()
        for service, (table, _) in TABLES.items():
            await self._owner(service, f"alter table {table} drop constraint planted")
        await self._redrive()
        await self._redrive()
        self.mended = True

    async def _redrive(self) -> None:
        words = ["redrive", "--reason", "^CheckViolationError", "--directory", str(self.house.directory)]
        redrive = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "deploy.evergreen", *words, cwd=ROOT, stdout=PIPE
        )
        said, _ = await redrive.communicate()
        self.sent.append((redrive.returncode, await self.letters(), said.decode().splitlines()))

    async def letters(self) -> int:
        """Dead letters that all services keep."""
        return sum([await self._owner(name, "select count(*)::int from dead_letters") for name in TABLES])

    async def _at_rest(self) -> None:
        """Returns once every service has taken all there is."""
        quiet = 0
        while quiet < 5:
            behind = await asyncio.to_thread(apart, lag.by_service(self.house))
            quiet = quiet + 1 if not any(behind.values()) else 0
            await asyncio.sleep(0.2)

    async def _owner(self, service: str, statement: str) -> int:
        connection = await asyncpg.connect(self.house.services[service].owner_url)
        try:
            return await connection.fetchval(statement) or 0
        finally:
            await connection.close()
