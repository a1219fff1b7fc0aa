"""evergreen up: the house, kept running."""

import argparse
import sys

from deploy.console.directory import add_directory, link, shown
from deploy.local.house.record import FILE, LOG, WALL
from shared.contracts.topics import PARTITIONS, STAGES

HELP = "start Kafka, PostgreSQL and the four services, or what of them is dead, and say where they are"
EXAMPLE = "evergreen up --port kafka=9092 --port postgres=5432 --scale insight=2"
READY, NOT_READY = 0, 1
NAMES = ("kafka", "kafka-controller", "postgres", *STAGES)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what the house can be told."""
    add_directory(parser)
    parser.add_argument("--kafka", metavar="HOST:PORT", help="use this Kafka instead of starting one")
    parser.add_argument(
        "--postgres", metavar="URL", help="use this PostgreSQL: its administrator's URL, postgresql://..."
    )
    parser.add_argument(
        "--port",
        metavar="NAME=PORT",
        type=port,
        action="append",
        default=[],
        help=f"a port for a new house instead of a free one; NAME: {', '.join(NAMES)} (repeat)",
    )
    parser.add_argument(
        "--services", metavar="A,B", type=names, default=STAGES, help="only these services; '' for none"
    )
    parser.add_argument(
        "--clock",
        choices=(WALL, LOG),
        help="wall: a ticker vouches for the time (default in a new house); log: event time comes from the "
        "sources alone, to play history. A house that is there keeps the one it has",
    )
    parser.add_argument(
        "--secure",
        action="store_true",
        help="a new house whose Kafka asks everybody who they are: a password and rights for each service, "
        "see docs/security.md",
    )
    parser.add_argument(
        "--scale",
        metavar="NAME=N",
        type=scale,
        action="append",
        default=[],
        help="run so many processes of a service, which share its partitions (repeat)",
    )
    parser.add_argument(
        "--watch",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="a supervisor starts again what dies (default)",
    )
    parser.add_argument("--fresh", action="store_true", help="forget all data first")


def port(text: str) -> tuple[str, int]:
    """kafka=9092 as a pair; argparse makes a usage error of a ValueError."""
    name, _, number = text.partition("=")
    if name not in NAMES or not number.isdecimal() or not 0 < int(number) < 65_536:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not NAME=PORT with NAME one of {', '.join(NAMES)}, PORT 1 to 65535"
        )
    return name, int(number)


def scale(text: str) -> tuple[str, int]:
    """insight=2 as a pair; each process owns partitions, so there are no more of them than of these."""
    name, _, number = text.partition("=")
    if name not in STAGES or not number.isdecimal() or not 1 <= int(number) <= PARTITIONS:
        names = ", ".join(STAGES)
        raise argparse.ArgumentTypeError(
            f"{text!r} is not NAME=N with NAME one of {names}, N 1 to {PARTITIONS}"
        )
    return name, int(number)


def names(text: str) -> tuple[str, ...]:
    """The stages of a list with commas; a usage error for one that there is not."""
    found = tuple(name for name in text.split(",") if name)
    for name in found:
        if name not in STAGES:
            raise argparse.ArgumentTypeError(f"{name!r} is not a service: there are {', '.join(STAGES)}")
    return found


def run(arguments: argparse.Namespace) -> int:
    """Opens the house and prints where everything is; 1 when some of it is not ready, and why."""
    from deploy.console.addresses import show
    from deploy.console.advice import complete
    from deploy.console.narration import Narration
    from deploy.local.house.closing import pids
    from deploy.local.house.house import House
    from deploy.local.house.release import others

    new = arguments.fresh or not (arguments.directory / FILE).exists()
    house = House.open(
        arguments.directory,
        services=arguments.services,
        kafka=arguments.kafka,
        postgres=arguments.postgres,
        fresh=arguments.fresh,
        ports=dict(arguments.port),
        clock=arguments.clock or (WALL if new else None),
        secure=arguments.secure,
        scale=dict(arguments.scale),
        watched=arguments.watch,
        tell=Narration(),
    )
    show(house, shown(link(house.directory)))
    for each in house.unready:
        print(f"evergreen up: {complete(each, house.directory)}", file=sys.stderr)
    if left := others(pids(house.directory)):
        said = f"{', '.join(left)}: left running, of another release: `evergreen down`, then `evergreen up`"
        print(f"evergreen up: {complete(said, house.directory)}", file=sys.stderr)
    return NOT_READY if house.unready else READY
