"""A wire to PostgreSQL that breaks exactly at a COMMIT, before it arrives or before its reply does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

When = Literal["before the commit", "before its reply"]


@dataclass
class Wire:
    """Passes everything on; spares some commits, then breaks at each of the next `left`."""

    server: tuple[str, int]
    when: When
    spared: int
    left: int

    async def connect(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        server, ask = await asyncio.open_connection(*self.server)
        deaf = asyncio.Event()
        sides = [self._ask(client, ask, deaf), _answer(server, answer, deaf)]
        tasks = [asyncio.create_task(side) for side in sides]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for end in (ask, answer):
            end.transport.abort()

    async def _ask(
        self, client: asyncio.StreamReader, ask: asyncio.StreamWriter, deaf: asyncio.Event
    ) -> None:
        while data := await client.read(65_536):
            if b"COMMIT;\0" in data and self._breaks():
                if self.when == "before the commit":
                    return
                deaf.set()
            ask.write(data)
            await ask.drain()

    def _breaks(self) -> bool:
        if self.spared:
            self.spared -= 1
            return False
        self.left -= 1
        return self.left >= 0


async def _answer(server: asyncio.StreamReader, answer: asyncio.StreamWriter, deaf: asyncio.Event) -> None:
    while data := await server.read(65_536):
        if deaf.is_set():
            return  # it has answered, so it has committed; nobody will hear of it
        answer.write(data)
        await answer.drain()


@asynccontextmanager
async def wire(url: str, when: When, spared: int, times: int) -> AsyncIterator[tuple[Wire, str]]:
    """The wire, and the URL by which PostgreSQL is reached through it."""
    parts = urlsplit(url)
    made = Wire((parts.hostname or "", parts.port or 5432), when, spared, times)
    listening = await asyncio.start_server(made.connect, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    login = parts.netloc.rpartition("@")[0]
    async with listening:
        yield made, urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{port}"))
