"""Where everything of a house is, as a table for people."""

from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from deploy.console.directory import DEFAULT, shown
from deploy.local.house.house import House
from deploy.local.house.record import WALL


def show(house: House, record: str) -> None:
    """Prints it, without passwords."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("", "where", "pid"):
        table.add_column(title, overflow="fold")
    table.add_row("Kafka", house.kafka.bootstrap, _pid(house.kafka.pid, house.kafka.external))
    table.add_row(
        "PostgreSQL", _address(house.postgres.admin_url), _pid(house.postgres.pid, house.postgres.external)
    )
    for name, service in house.services.items():
        for process, each in service.processes(name).items():
            table.add_row(process, f"{_root(each.health_url)}  (/readyz, /metrics)", _pid(each.pid))
    if house.ticker.clock == WALL:
        table.add_row("ticker", "the wall clock as a source", _pid(house.ticker.pid))
    if house.supervisor.watches:
        table.add_row("supervisor", "starts again what dies", _pid(house.supervisor.pid))
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    console.print(f"topics      {', '.join(house.topics)} ({house.partitions} partitions each)")
    if house.ticker.clock != WALL:
        console.print("clock       event time comes from the sources alone (up --clock wall: a ticker)")
    console.print(f"logs        {shown(house.directory / 'logs')}/")
    if house.kafka.secrets:
        console.print(
            f"passwords   of Kafka's principals: {shown(Path(house.kafka.secrets))}/ (docs/security.md)"
        )
    console.print(f"programs    read {record}: addresses, database URLs with their passwords, pids")
    of = "" if house.directory == DEFAULT else f" --directory {shown(house.directory)}"
    console.print(f"next        ./evergreen status{of}, ./evergreen publish --help, ./evergreen down{of}")


def _pid(pid: int | None, external: bool = False) -> str:
    return "not ours" if external else str(pid or "not running")


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 5432}"


def _root(url: str) -> str:
    return url.removesuffix("/readyz")
