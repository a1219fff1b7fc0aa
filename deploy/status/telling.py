"""A house's condition, told to people and to programs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.console.advice import complete
from deploy.local.process.restarts import Restarts
from deploy.status.condition import Part


def as_json(parts: Sequence[Part]) -> None:
    """One object by name; moments are RFC 3339."""
    print(json.dumps({part.name: {**asdict(part), **_restarts(part.restarts)} for part in parts}, indent=2))


def _restarts(one: Restarts) -> dict[str, Any]:
    return {
        "restarts": one.count,
        "restarted_at": _moment(one.last),
        "starts_again_at": _moment(one.due),
        "died_with": one.why or None,
    }


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def as_table(parts: Sequence[Part], now: float, directory: Path) -> None:
    """A row for each part, a dash for what is not known; below it what is to be known, a line each, with
    commands as they are typed for the house in this directory."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column("")
    for title in ("pid", "lag", "relay depth", "dead letters", "restarts"):
        table.add_column(title, justify="right")
    for part in parts:
        numbers = (part.pid, part.lag, part.relay_depth, part.dead_letters)
        told = ("-" if each is None else str(each) for each in numbers)
        table.add_row(part.name, _word(part), *told, _again(part.restarts, now))
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    for line in reasons(parts, now):
        console.print(complete(line, directory), markup=False)


def _word(part: Part) -> str:
    if part.ready:
        return "[green]ready[/]"
    return "[yellow]not ready[/]" if part.pid else "[red]down[/]"


def _again(one: Restarts, now: float) -> str:
    return str(one.count) if one.last is None else f"{one.count}, {_ago(now - one.last)} ago"


def _ago(seconds: float) -> str:
    for unit, each in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= each:
            return f"{seconds // each:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def reasons(parts: Sequence[Part], now: float) -> Iterator[str]:
    """Why each part that is not ready is not, what becomes of it, and what else should be known."""
    for part in parts:
        for what, why in part.not_ready.items():
            yield f"{part.name}: {what}: {why}"
        for what, why in part.attention.items():
            yield f"{part.name}: {what}: {why}"
        one = part.restarts
        if one.due is not None:
            yield f"{part.name}: died {one.deaths} times in a row, starts again in {_ago(one.due - now)}"
        if one.why and not part.ready:
            yield f"{part.name}: its log ended with: {one.why}"
