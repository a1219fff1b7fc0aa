"""evergreen dead-letter: a record that could not be taken, as it came, with the reason."""

import argparse
import json
import sys

from deploy.console.directory import add_directory

HELP = "show a record that could not be taken, whole, or write its value's or its key's very bytes"
EXAMPLE = "evergreen dead-letter signals/3@17 --raw value > record"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds which record, and whose database."""
    from deploy.recovery.dead_letters.letters import place

    parser.add_argument(
        "place", type=place, metavar="TOPIC/PARTITION@OFFSET", help="where it lay, as `tail` shows it"
    )
    parser.add_argument("--raw", choices=("value", "key"), help="the bytes alone, and nothing else")
    parser.add_argument("--service", metavar="NAME", help="as this service keeps it (default: whoever does)")
    parser.add_argument(
        "--database", metavar="URL", help="that service's database (default: those of the house)"
    )
    add_directory(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints the record as JSON, or writes the bytes."""
    from deploy.errors import Trouble
    from deploy.recovery.dead_letters.showing import described, kept

    service, row = kept(arguments.place, _databases(arguments))
    if arguments.raw is None:
        print(json.dumps(described(service, row), indent=2, ensure_ascii=False))
        return 0
    raw = row["body" if arguments.raw == "value" else "key"]
    if raw is None:
        raise Trouble(f"that record has no {arguments.raw}: it is null")
    sys.stdout.buffer.write(raw)
    return 0


def _databases(arguments: argparse.Namespace) -> dict[str, str]:
    from deploy.errors import Trouble
    from deploy.local.house.house import House

    if arguments.database:
        return {arguments.service or "that service": arguments.database}
    services = {name: each.database_url for name, each in House.load(arguments.directory).services.items()}
    if arguments.service is None:
        return services
    if arguments.service not in services:
        raise Trouble(f"there is no service {arguments.service}: there are {', '.join(services)}")
    return {arguments.service: services[arguments.service]}
