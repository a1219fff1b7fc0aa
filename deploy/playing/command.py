"""What `evergreen play` does: a log into a house that runs already."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from deploy.errors import Trouble
from deploy.events.broker import kafka_of, ticks_by_the_wall
from deploy.events.json_lines import json_lines
from deploy.events.producer import Publisher
from deploy.playing.options import manner_of, read_log
from deploy.playing.player import Played, play
from deploy.purchases.announcing import announce
from deploy.purchases.purchase import Refused

AT_ONCE = 2_000
PAST = (
    "note: this house goes by the wall clock, so what happened long ago is heard as late;"
    " to play history as it went: evergreen up --fresh --clock log, or evergreen demo"
)


def _bar(console: Console) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(40), MofNCompleteColumn(), console=console)


async def play_purchases(args: argparse.Namespace, now: datetime) -> int:
    """Play a log of purchases; how many rows were refused."""
    console = Console(highlight=False)
    log = read_log(args.log, args, now)
    announce(console, log)
    if ticks_by_the_wall(args):
        console.print(PAST, style="yellow", soft_wrap=True)
    manner = replace(manner_of(args, log), heartbeats=not args.no_heartbeats)
    async with Publisher(kafka_of(args)) as publisher:
        with _bar(console) as bar:
            task = bar.add_task("", total=len(log.purchases))

            def tell(played: Played) -> None:
                day = f"{played.moment:%Y-%m-%d}" if played.moment else ""
                bar.update(task, completed=played.signals, description=day)

            played = await play(log, manner, publisher, tell)
    beside = {
        "duplicates": played.duplicates,
        "heartbeats": played.heartbeats,
        "poisoned records": played.poison,
    }
    also = "".join(f", {count:,} {name}" for name, count in beside.items() if count)
    console.print(f"published {played.signals:,} purchases{also} to signals")
    return len(log.refused)


async def play_lines(args: argparse.Namespace) -> int:
    """Publish every valid line as it stands; how many were refused."""
    console = Console(highlight=False)
    lines = _lines(args.log)
    async with Publisher(kafka_of(args)) as publisher:
        found = json_lines(lines, publisher.partitions)
        _name(console, found.refused)
        if not found.events:
            raise Trouble(f"{args.log} holds no event that signals would take")
        for begin in range(0, len(found.events), AT_ONCE):
            await publisher.send(found.events[begin : begin + AT_ONCE])
    events = len(found.events) - found.heartbeats * (publisher.partitions - 1)
    console.print(f"published {events:,} events, {found.heartbeats:,} of them heartbeats, to signals")
    return len(found.refused)


def _name(console: Console, refused: Sequence[Refused]) -> None:
    if refused:
        console.print(f"{len(refused):,} lines refused:", style="yellow")
    for one in refused:
        console.print(f"  {one}", markup=False)


def _lines(name: str) -> list[bytes]:
    if name == "-":
        return sys.stdin.buffer.read().splitlines()
    try:
        return Path(name).read_bytes().splitlines()
    except OSError as error:
        raise Trouble(f"{name} can't be read: {error.strerror}") from None
