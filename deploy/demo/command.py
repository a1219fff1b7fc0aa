"""What `evergreen demo` does, from opening the house to closing it; nothing is left running unless asked."""

import argparse
import csv
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console

from deploy.console.narration import Narration
from deploy.demo.kills import SERVERS, strike
from deploy.demo.report.gone_quiet import gone_quiet, write_quiet
from deploy.demo.report.journey_picture import choose, journey_picture
from deploy.demo.report.likely_gone import likely_by
from deploy.demo.report.summary import Outcome, summary
from deploy.demo.report.table import tell
from deploy.demo.report.weeks_picture import weeks_picture
from deploy.demo.run import DemoRun, completed
from deploy.demo.watching.screen import Screen
from deploy.errors import Trouble
from deploy.events.broker import quiet_client
from deploy.local.house.house import House
from deploy.local.house.record import LOG
from deploy.playing.options import manner_of, read_log
from deploy.purchases.announcing import announce
from deploy.purchases.purchase import Log, Refused

RESULTS = ("summary.json", "quiet.csv", "refused.csv", "weeks.png", "journey.png")


def run_demo(args: argparse.Namespace, seconds: float) -> int:
    """Everything; how many rows of the file were refused. Errors: Trouble."""
    console = Console(highlight=False)
    log = read_log(args.log, args, datetime.now(UTC))
    announce(console, log)
    directory: Path = args.directory.resolve()
    for name in RESULTS:
        (directory / name).unlink(missing_ok=True)
    console.print("opening a house of its own: Kafka, PostgreSQL, four services")
    quiet_client()
    house = House.open(directory, fresh=True, clock=LOG, tell=Narration())
    try:
        if house.unready:
            raise Trouble("; ".join(house.unready))
        write_refused(directory / "refused.csv", log.refused)
        outcome = completed(_run(house, log, args, seconds, console))
    finally:
        if not args.keep:
            house.close()
    _publish(console, directory, outcome)
    if args.keep:
        console.print(
            f"the house is kept: {directory / 'house.json'}; evergreen down --directory {directory} closes it"
        )
    return len(log.refused)


def _run(house: House, log: Log, args: argparse.Namespace, seconds: float, console: Console) -> DemoRun:
    manner = manner_of(args, log, seconds)
    names = [*house.services, *SERVERS]
    trial = partial(strike, house, names, seconds, args.seed) if args.kill else None
    return DemoRun(house, log, manner, Screen(log, console), trial)


def write_refused(path: Path, refused: Sequence[Refused]) -> None:
    """All refusals as CSV, when there are any."""
    if refused:
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([("line", "reason"), *((one.line, one.reason) for one in refused)])


def _publish(console: Console, directory: Path, outcome: Outcome) -> None:
    """The files, then the table."""
    found, quiet = summary(outcome), gone_quiet(outcome.log, outcome.alerts)
    files = [directory / "summary.json", directory / "quiet.csv"]
    files[0].write_text(json.dumps(found, indent=2) + "\n")
    write_quiet(files[1], quiet)
    files.append(weeks_picture(directory / "weeks.png", outcome.log, outcome.alerts))
    chosen = choose(outcome.log, outcome.alerts)
    if chosen is not None:
        likely = likely_by(outcome.model)
        files.append(journey_picture(directory / "journey.png", outcome.log, chosen, likely))
    files += [directory / "refused.csv"] if outcome.log.refused else []
    tell(console, found, quiet, files)
