"""evergreen tail: the events of a topic, decoded, as they come."""

import argparse
import asyncio

HELP = "show the decoded events of a topic, live"
EXAMPLE = "evergreen tail insight --from beginning --count 20"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds which topic, from where, how many."""
    from deploy.events.broker import add_reach
    from shared.contracts.topics import TOPICS

    parser.add_argument("topic", choices=TOPICS, metavar="TOPIC", help=f"one of {', '.join(TOPICS)}")
    parser.add_argument(
        "--from", dest="begin", choices=("beginning", "now"), default="now", help="(default: now)"
    )
    end = parser.add_mutually_exclusive_group()
    end.add_argument("--follow", action="store_true", help="wait for more (what `--from now` does anyway)")
    end.add_argument("--count", type=int, metavar="N", help="stop after N")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, for programs")
    parser.add_argument("--heartbeats", action="store_true", help="show heartbeats as well")
    add_reach(parser)


def run(arguments: argparse.Namespace) -> int:
    """`--from beginning` stops at what is the end now, unless told to follow or count. Ctrl-C ends it: 0."""
    from deploy.events.tailing import tail

    try:
        asyncio.run(tail(arguments))
    except KeyboardInterrupt:
        return 0
    return 0
