"""evergreen demo: a log of purchases through a whole house, and what it found out."""

import argparse
from pathlib import Path

from deploy.places import VAR

HELP = "play a log of purchases through a whole house and say who has gone quiet"
EXAMPLE = "evergreen demo --log orders.csv --currency EUR"
DIRECTORY = VAR / "demo"
SECONDS = 15.0
DONE, ROWS_REFUSED = 0, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the log, how to read it, how to play it, and what to do to the house meanwhile."""
    from deploy.playing.options import add_csv_options, add_play_options

    parser.add_argument("--log", metavar="FILE", help="your own purchases as CSV (default: the CDNOW sample)")
    parser.add_argument(
        "--directory", type=Path, default=DIRECTORY, help="of house and results (default: var/demo)"
    )
    parser.add_argument("--keep", action="store_true", help="leave the house running at the end")
    parser.add_argument(
        "--kill", action="store_true", help="kill -9 each process once while it runs, and start it again"
    )
    add_play_options(parser)
    add_csv_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 when all went well, 3 when it did but some rows of the file were refused. Errors: Trouble."""
    from deploy.demo.command import run_demo

    refused = run_demo(arguments, SECONDS)
    return ROWS_REFUSED if refused else DONE
