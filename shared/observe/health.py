"""Whether a service lives (its loop turns) and is ready (it hears, stores and speaks).

Moments are monotonic seconds and always arguments. `serve_http` answers /livez, /readyz and /metrics.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

LOOP_STUCK = 15.0
POLL_STALE = 10.0
RELAY_STALE = 10.0
Answer = tuple[int, bytes, bytes]


@dataclass(slots=True)
class Health:
    """What was last seen of the loop, the poll, the assignment, the database and the relay.

    `wrong` holds what makes the service not ready, since when and in which words; it begins with all that is
    not known yet at `started`. `told` is what an operator should know all the same.
    """

    started: float
    beaten: float = field(init=False)
    wrong: dict[str, tuple[float, str]] = field(init=False)
    told: dict[str, tuple[float, str]] = field(default_factory=dict)
    last_poll: float | None = None
    relay_ok: float | None = None

    def __post_init__(self) -> None:
        self.beaten = self.started
        begun = {"assignment": "no partition is assigned", "database": "has not answered yet"}
        self.wrong = {name: (self.started, text) for name, text in begun.items()}

    def beat(self, now: float) -> None:
        """The loop turned."""
        self.beaten = now

    def polled(self, now: float) -> None:
        """Kafka was asked for records, whether it had some or not."""
        self.last_poll = now

    def joined(self, ok: bool, now: float) -> None:
        """Whether the group has told this process which partitions are its own, be it none."""
        self._mark("assignment", ok, "no partition is assigned", now)

    def database(self, ok: bool, now: float) -> None:
        """Whether PostgreSQL answered."""
        self._mark("database", ok, "does not answer", now)

    def condition(self, name: str, problem: str | None, now: float, *, blocks: bool = True) -> None:
        """What stands in the way, with the way out; None: nothing does. What does not block is only told."""
        self._mark(name, problem is None, problem or "", now, self.wrong if blocks else self.told)

    def relay(self, ok_at: float | None) -> None:
        """When the relay last published, had nothing to publish, or saw another process do so."""
        self.relay_ok = ok_at

    def live(self, now: float) -> bool:
        """False when the loop is stuck: restart the process."""
        return now - self.beaten < LOOP_STUCK

    def ready(self, now: float) -> tuple[bool, dict[str, str]]:
        """Whether to count on this process; if not, what is wrong and for how long."""
        wrong = _sayings(self.wrong, now)
        wrong |= self._stale("poll", "Kafka was not polled", self.last_poll, POLL_STALE, now)
        wrong |= self._stale("relay", "has not moved", self.relay_ok, RELAY_STALE, now)
        return not wrong, wrong

    def _mark(
        self, name: str, ok: bool, text: str, now: float, into: dict[str, tuple[float, str]] | None = None
    ) -> None:
        known = self.wrong if into is None else into
        if ok:
            known.pop(name, None)
        else:
            since, _ = known.get(name, (now, ""))
            known[name] = (since, text)

    def attention(self, now: float) -> dict[str, str]:
        """What an operator should know, though the service is ready; each with how long it has been so."""
        return _sayings(self.told, now)

    def _stale(self, name: str, text: str, seen: float | None, limit: float, now: float) -> dict[str, str]:
        if seen is not None and now - seen < limit:
            return {}
        return {name: f"{text}, for {now - (self.started if seen is None else seen):.1f} s"}


def _sayings(conditions: Mapping[str, tuple[float, str]], now: float) -> dict[str, str]:
    return {name: f"{text}, for {now - since:.1f} s" for name, (since, text) in conditions.items()}


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """SIGTERM belongs to the runtime."""
        yield


@asynccontextmanager
async def serve_http(address: str, health: Health, now: Callable[[], float]) -> AsyncIterator[int]:
    """Answer on `host:port` while inside; gives the port (0 asks for a free one).

    Errors: `OSError` names the address when it cannot be had.
    """
    listening = _listen(address)
    server = _Server(uvicorn.Config(_app(health, now), lifespan="off", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        await serving


def _listen(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    try:
        return socket.create_server((host.strip("[]"), int(port)), family=_family(host))
    except (OSError, ValueError, OverflowError) as error:
        way_out = "set EVERGREEN_HTTP to a free host:port, such as 127.0.0.1:8100"
        raise OSError(f"cannot listen on {address!r} ({error}): {way_out}") from error


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _app(health: Health, now: Callable[[], float]) -> Any:
    async def app(
        scope: MutableMapping[str, Any], _: object, send: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> None:
        if scope["type"] != "http":
            return
        status, kind, body = answer(scope["path"], health, now())
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def answer(path: str, health: Health, now: float) -> Answer:
    """Status, content type and body for a path."""
    if path == "/metrics":
        return 200, CONTENT_TYPE_LATEST.encode(), generate_latest()
    if path == "/livez":
        live = health.live(now)
        return _json(200 if live else 503, {"live": live, "last_beat_seconds": round(now - health.beaten, 1)})
    if path == "/readyz":
        ready, wrong = health.ready(now)
        said = {"ready": ready, "not_ready": wrong, "attention": health.attention(now)}
        return _json(200 if ready else 503, said)
    return _json(404, {"paths": ["/livez", "/readyz", "/metrics"]})


def _json(status: int, body: dict[str, Any]) -> Answer:
    return status, b"application/json", orjson.dumps(body)
