"""evergreen play: a whole log into a running house."""

import argparse
from datetime import UTC, datetime

HELP = "play a log into a running house: purchases as CSV, cdnow, or CloudEvents as JSON lines"
EXAMPLE = "evergreen play orders.csv --currency EUR && evergreen play events.jsonl"
DONE, ROWS_REFUSED = 0, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the log, where to, and how."""
    from deploy.events.broker import add_reach
    from deploy.playing.options import add_csv_options, add_play_options

    parser.add_argument(
        "log", metavar="LOG", help="cdnow, FILE.csv, or FILE.jsonl (- reads JSON lines from stdin)"
    )
    parser.add_argument("--no-heartbeats", action="store_true", help="let another source vouch for the time")
    add_reach(parser)
    add_play_options(parser)
    add_csv_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 when all was published, 3 when some rows were refused. Trouble when nothing could be."""
    from deploy.console.interruption import run_cancellably
    from deploy.playing.command import play_lines, play_purchases

    lines = arguments.log == "-" or arguments.log.endswith((".jsonl", ".ndjson", ".json"))
    work = play_lines(arguments) if lines else play_purchases(arguments, datetime.now(UTC))
    return ROWS_REFUSED if run_cancellably(work) else DONE
