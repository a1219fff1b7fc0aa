"""Dead letters are asked for in the databases of those who are to hear them; the services do the rest."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import asyncpg

from deploy.errors import Trouble
from deploy.provisioning.databases import shown
from deploy.recovery.dead_letters.letters import Choice, Letter, listeners
from shared.storage.sql import columns, portions, statements

SQL = statements(Path(__file__).with_name("redrive.sql"))
PAGE, BYTES = 100, 4 * 2**20
"""Letters fetched and asked for at once, and about how many bytes: each may be some megabytes."""

LOOK_AGAIN = 0.25
Outcome = tuple[str, str | None, str | None]
"""Service, outcome (None: it waits), reason."""


@dataclass(frozen=True, slots=True)
class Databases:
    """A connection to the database of each service, and who hears which topic."""

    connections: Mapping[str, Any]
    read_by: Mapping[str, list[str]] = field(default_factory=dict)

    async def open_letters(self, choice: Choice) -> dict[str, list[Letter]]:
        """By the service that keeps them. Trouble when the reason is no regular expression."""
        try:
            return {
                name: [Letter(*row) for row in await connection.fetch(SQL["open"], *choice.arguments)]
                for name, connection in self.connections.items()
            }
        except asyncpg.InvalidRegularExpressionError as error:
            raise Trouble(f"--reason {choice.reason!r} is no regular expression: {error}") from error

    async def ask(self, kept: Mapping[str, Sequence[Letter]], moment: datetime) -> int:
        """How many letters were asked for at this moment, the mark of the request."""
        self._refuse_unknown(kept)
        asked = 0
        for keeper, letters in kept.items():
            for page in portions(letters, BYTES, lambda letter: letter.size + BYTES // PAGE):
                asked += await self._page(keeper, page, moment)
        return asked

    async def _page(self, keeper: str, letters: Sequence[Letter], moment: datetime) -> int:
        """The keeper is asked last: what an interruption leaves out is open still, and is asked for again."""
        places = columns([letter[:4] for letter in letters], 4)
        rows = {
            tuple(row)[:4]: tuple(row) for row in await self.connections[keeper].fetch(SQL["bytes"], *places)
        }
        asked: dict[str, list[Any]] = {}
        for letter in letters:
            for name in listeners(letter, keeper, self.read_by):
                asked.setdefault(name, []).append(rows[letter[:4]])
        for name in sorted(asked, key=lambda each: each == keeper):
            await self.connections[name].execute(SQL["ask"], *columns(asked[name], 9), moment)
        return len(letters)

    def _refuse_unknown(self, kept: Mapping[str, Sequence[Letter]]) -> None:
        for keeper, letters in kept.items():
            for letter in letters:
                for name in listeners(letter, keeper, self.read_by):
                    if name not in self.connections:
                        raise Trouble(
                            f"{letter.place} is for {name} too, whose database is not named: "
                            f"add --database {name}=URL"
                        )

    async def outcomes(self, moment: datetime) -> Counter[Outcome]:
        """What became of what was asked for at this moment."""
        found: Counter[Outcome] = Counter()
        for name, connection in self.connections.items():
            for outcome, reason, number in await connection.fetch(SQL["outcomes"], moment):
                found[name, outcome, reason] += number
        return found

    async def follow(
        self, moment: datetime, patience: float, tell: Callable[[int, int], None]
    ) -> Counter[Outcome]:
        """The outcomes once none waits, or once nothing has changed for `patience` seconds."""
        last, changed = -1, monotonic()
        while True:
            found = await self.outcomes(moment)
            waiting = sum(number for (_, outcome, _), number in found.items() if outcome is None)
            if waiting != last:
                tell(found.total() - waiting, found.total())
                last, changed = waiting, monotonic()
            if not waiting or monotonic() - changed > patience:
                return found
            await asyncio.sleep(LOOK_AGAIN)


async def connected(urls: Mapping[str, str]) -> dict[str, Any]:
    """A connection to each. Trouble names the one that cannot be had."""
    found: dict[str, Any] = {}
    for name, url in urls.items():
        try:
            found[name] = await asyncpg.connect(url, timeout=10)
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            raise Trouble(f"{name}'s database at {shown(url)} can't be reached: {error}") from error
    return found
