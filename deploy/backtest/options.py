"""What the command line can say of a backtest."""

import argparse
from pathlib import Path


def add_backtest_options(parser: argparse.ArgumentParser) -> None:
    """The log, the rules, what is judged, and where to."""
    parser.add_argument(
        "--log", required=True, metavar="FILE",
        help="purchases as CSV, events as JSON lines, or cdnow (the sample)",
    )  # fmt: skip
    group = parser.add_argument_group("what is judged")
    group.add_argument(
        "--rule", action="append", metavar="FILE.toml", default=[],
        help="a policy, or the name of a rule as it comes; may be repeated (default: all rules)",
    )  # fmt: skip
    group.add_argument(
        "--against",
        metavar="FILE.toml",
        help="an older policy to compare with: a file, or a rule as it comes",
    )
    group.add_argument(
        "--precision", type=_part, metavar="P", help="how many of ten alerts are to be right: .7"
    )
    group.add_argument(
        "--label", metavar="TEXT",
        help="'no purchase in 8 weeks', 'cancelled', 'use falls by half in 8 weeks' (default: as the log is)",
    )  # fmt: skip
    group.add_argument("--from", dest="since", metavar="DATE", help="judge alerts from here on")
    group.add_argument("--to", metavar="DATE", help="judge alerts up to here")
    group.add_argument(
        "--at", metavar="DATE", help="rank everybody on this morning (default: the last that can be judged)"
    )
    group.add_argument(
        "--zone",
        default="UTC",
        metavar="ZONE",
        help="where the business's days begin, as Europe/Berlin (UTC)",
    )
    group.add_argument("--agents", type=_positive, default=1, metavar="N", help="who look after alerts (1)")
    group = parser.add_argument_group("where to")
    group.add_argument("--json", type=Path, metavar="FILE", help="everything, for programs (- is stdout)")
    group.add_argument("--html", type=Path, metavar="FILE", help="one page to look at and to send")
    group.add_argument(
        "--dask", metavar="ADDRESS", help="over the workers of this Dask scheduler (evergreen setup dask)"
    )
    group.add_argument(
        "--processes", type=_positive, metavar="N", help="side by side (default: as many as there are cores)"
    )


def _part(text: str) -> float:
    part = float(text)
    if not 0 < part < 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1: .7 means seven of ten")
    return part


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number
