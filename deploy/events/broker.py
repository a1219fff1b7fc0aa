"""Which Kafka a command talks to: that of a house, or one that is named."""

import argparse
import logging

from deploy.console.directory import add_directory
from deploy.errors import Trouble
from shared.kafka import kafka_address


def add_reach(parser: argparse.ArgumentParser) -> None:
    """Adds --kafka and --directory."""
    parser.add_argument(
        "--kafka",
        metavar="ADDRESS",
        help="host:port, or one with a user (docs/security.md); default: the house's",
    )
    add_directory(parser)


def kafka_of(args: argparse.Namespace) -> str:
    """Its address (shared/kafka.py). Trouble when there is no house."""
    from deploy.local.house.house import House

    quiet_client()
    return str(args.kafka) if args.kafka else House.load(args.directory).kafka.address


def ticks_by_the_wall(args: argparse.Namespace) -> bool:
    """Whether a ticker vouches for the time in that house; of a Kafka that is only named nothing is known."""
    from deploy.local.house.house import House
    from deploy.local.house.record import WALL

    return not args.kafka and House.load(args.directory).ticker.clock == WALL


def unreachable(kafka: str, error: Exception) -> Trouble:
    """What to tell of a Kafka that does not let us in."""
    address = kafka_address(kafka)
    refused = (
        f", or it refuses {address.user} with what is in {address.password_file}" if address.user else ""
    )
    return Trouble(f"no Kafka answers at {kafka}{refused} ({error}): start a house with ./evergreen up")


def quiet_client() -> None:
    """What the client says of a broker that is away is told in our own words, once."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
