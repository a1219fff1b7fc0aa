"""The condition of each part of a house: running, ready, and how far behind."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from deploy.local.house import lag, metrics
from deploy.local.house.house import House
from deploy.local.house.record import WALL, ServiceRecord
from deploy.local.house.services import is_ready
from deploy.local.process.apart import apart
from deploy.local.servers import kafka, postgres


@dataclass(frozen=True)
class Part:
    """A server or service. None: not known, or not a thing that this part has."""

    name: str
    pid: int | None
    ready: bool
    lag: int | None = None
    relay_depth: int | None = None
    dead_letters: int | None = None


def examine(house: House) -> list[Part]:
    """Every part of the house, the servers first; all are asked at once."""
    with ThreadPoolExecutor(8) as pool:
        broker = pool.submit(kafka.answers, house.kafka.address)
        server = pool.submit(postgres.answers, house.postgres.admin_url)
        parts = [
            Part("kafka", house.kafka.pid, broker.result()),
            Part("postgres", house.postgres.pid, server.result()),
        ]
        behind = apart(lag.by_service(house)) if all(part.ready for part in parts) else {}
        services = pool.map(
            lambda name: _service(name, house.services[name], behind.get(name)), house.services
        )
        return [*parts, *services, *_ticker(house)]


def _ticker(house: House) -> list[Part]:
    """Nothing in a house whose time comes from its sources alone."""
    pid = house.ticker.pid
    return [Part("ticker", pid, pid is not None)] if house.ticker.clock == WALL else []


def _service(name: str, record: ServiceRecord, behind: int | None) -> Part:
    numbers = metrics.read(record.metrics_url)
    return Part(
        name,
        record.pid,
        is_ready(record.health_url),
        behind,
        numbers.get("evergreen_relay_depth"),
        # A counter by topic says nothing before the first.
        numbers.get("evergreen_dead_letters_total", 0) if numbers else None,
    )


def as_json(parts: list[Part]) -> None:
    """One object by name."""
    print(json.dumps({part.name: asdict(part) for part in parts}, indent=2))


def as_table(parts: list[Part]) -> None:
    """A row for each part; a dash for what is not known."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column("")
    for title in ("pid", "lag", "relay depth", "dead letters"):
        table.add_column(title, justify="right")
    for part in parts:
        numbers = (part.pid, part.lag, part.relay_depth, part.dead_letters)
        table.add_row(part.name, _word(part), *("-" if each is None else str(each) for each in numbers))
    Console(highlight=False).print(table)


def _word(part: Part) -> str:
    if part.ready:
        return "[green]ready[/]"
    return "[yellow]not ready[/]" if part.pid else "[red]down[/]"
