"""A wire to PostgreSQL that falls silent: both ends stay open, and neither hears anything of the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit


@asynccontextmanager
async def stalling(url: str) -> AsyncIterator[tuple[asyncio.Event, str]]:
    """What makes it silent once it is set, and the URL by which PostgreSQL is reached through it."""
    parts = urlsplit(url)
    silent = asyncio.Event()
    ends: list[asyncio.StreamWriter] = []
    passing: list[asyncio.Task[None]] = []

    async def connect(client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        server, ask = await asyncio.open_connection(parts.hostname, parts.port)
        ends.extend((ask, answer))
        passing.extend(
            (
                asyncio.create_task(_pass(client, ask, silent)),
                asyncio.create_task(_pass(server, answer, silent)),
            )
        )

    listening = await asyncio.start_server(connect, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        login = parts.netloc.rpartition("@")[0]
        yield silent, urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{port}"))
    finally:
        listening.close()
        for task in passing:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)
        for end in ends:
            end.transport.abort()


async def _pass(source: asyncio.StreamReader, target: asyncio.StreamWriter, silent: asyncio.Event) -> None:
    while data := await source.read(65_536):
        if silent.is_set():
            await asyncio.Event().wait()  # neither passed on nor closed
        target.write(data)
        await target.drain()
    target.close()
