"""What `evergreen backtest` does: read, learn week by week, walk, judge, show."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.backtest.course import course
from deploy.backtest.page.page import page
from deploy.backtest.policies import against, chosen
from deploy.backtest.reading import Reading, read_history
from deploy.backtest.replaying import replayed
from deploy.backtest.table import tell
from deploy.backtest.work import most_memory
from services.insight.backtest.report.comparison import comparison
from services.insight.backtest.report.report import report

PRINTED = 10


def backtest(args: argparse.Namespace) -> int:
    """How many rows were refused. Trouble when the log holds nothing, or an option cannot be met."""
    started, aside = monotonic(), Console(stderr=True, highlight=False)
    with _bar(aside) as bar:
        task = bar.add_task("reading", total=None)
        reading = read_history(args, datetime.now(UTC))
        rules = chosen(args.rule, args.precision)
        plan = course(args, reading.history, rules)

        def show(doing: str, done: int, of: int) -> None:
            bar.update(task, description=doing, completed=done, total=of)

        old = against(args.against, rules) if args.against else []
        walked = replayed(plan, rules, old, show)
        case = plan.case(walked.alerts, walked.snapshot)
        found = report(case)
        if old:
            found["against"] = comparison(plan.case(walked.before, None), case, walked.news, args.against)
    found = plan.about(reading, rules) | found
    _announce(aside, reading)
    _write(args, found)
    aside.print(f"{monotonic() - started:.1f} s, {most_memory():,} MB at most", style="dim")
    return reading.refusals


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description:<24}"), BarColumn(40), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _announce(console: Console, reading: Reading) -> None:
    for note in reading.notes:
        console.print(f"note: {note}", style="yellow", soft_wrap=True)
    if reading.refusals:
        console.print(f"{reading.refusals:,} rows could not be read:", style="yellow")
    for refused in _first(reading.refused):
        console.print(f"  {refused}", markup=False, soft_wrap=True)
    if reading.refusals > PRINTED:
        console.print(f"  … and {reading.refusals - PRINTED:,} more")


def _first(refused: Sequence[object]) -> Sequence[object]:
    return refused[:PRINTED]


def _write(args: argparse.Namespace, found: dict[str, object]) -> None:
    to_stdout = args.json is not None and str(args.json) == "-"
    if args.json is not None:
        _put(args.json, orjson.dumps(found, option=orjson.OPT_INDENT_2) + b"\n")
    if args.html is not None:
        _put(args.html, page(found).encode())
    if not to_stdout:
        tell(_wide(), found, [each for each in (args.json, args.html) if each])


def _wide() -> Console:
    """As wide as the terminal; a file has room."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=140)


def _put(path: Path, content: bytes) -> None:
    """Errors: `OSError`, which names the file."""
    if str(path) == "-":
        sys.stdout.buffer.write(content)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
