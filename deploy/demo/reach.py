"""Which Kafka a command talks to: that of a house, or one that is named."""

import argparse

from deploy.commands.directory import add_directory


def add_reach(parser: argparse.ArgumentParser) -> None:
    """Adds --kafka and --directory."""
    parser.add_argument("--kafka", metavar="HOST:PORT", help="the broker (default: that of the house)")
    add_directory(parser)


def bootstrap(args: argparse.Namespace) -> str:
    """host:port. Trouble when there is no house."""
    from deploy.local.house import House

    return str(args.kafka) if args.kafka else House.load(args.directory).kafka.bootstrap
