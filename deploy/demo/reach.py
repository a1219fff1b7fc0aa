"""Which Kafka a command talks to: the house that runs, or one that is named."""

import argparse
from pathlib import Path

from deploy.places import VAR

HOUSE = VAR / "house.json"


def add_reach(parser: argparse.ArgumentParser) -> None:
    """Adds --kafka and --house."""
    parser.add_argument(
        "--kafka", metavar="HOST:PORT", help="the broker (default: that of the running house)"
    )
    parser.add_argument(
        "--house", type=Path, default=HOUSE, metavar="PATH", help="a house.json (default: var/house.json)"
    )


def bootstrap(args: argparse.Namespace) -> str:
    """host:port. Trouble when there is no house."""
    from deploy.local.house import House

    return str(args.kafka) if args.kafka else House.load(args.house).kafka.bootstrap
