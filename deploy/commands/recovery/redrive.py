"""evergreen redrive: dead letters through their services again, once what refused them is mended."""

import argparse

HELP = "list the dead letters, or send some through their services again; each is taken once"
EXAMPLE = "evergreen redrive --reason '^ZeroDivisionError' --since 2026-03-01 --dry-run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds which letters, and whose."""
    from deploy.commands.events.journey import moment
    from deploy.console.directory import add_directory
    from deploy.recovery.dead_letters.letters import database, place

    parser.add_argument(
        "--place", type=place, metavar="TOPIC[/PARTITION[@OFFSET]]", help="where they lay, as `tail` shows it"
    )
    parser.add_argument("--reason", metavar="REGEX", help="whose reason matches (PostgreSQL's ~)")
    parser.add_argument("--since", type=moment, metavar="T", help="kept from this moment on")
    parser.add_argument("--until", type=moment, metavar="T", help="kept before this moment")
    parser.add_argument("--service", metavar="NAME", help="kept by this service")
    parser.add_argument("--all", action="store_true", help="all that are open")
    parser.add_argument("--dry-run", action="store_true", help="name each that would be sent, and send none")
    parser.add_argument(
        "--wait", type=float, default=30.0, metavar="SECONDS", help="for a service that takes none up (30)"
    )
    parser.add_argument(
        "--database", type=database, action="append", metavar="SERVICE=URL",
        help="a service's database, again for each (default: those of the house in --directory)",
    )  # fmt: skip
    add_directory(parser)


def run(arguments: argparse.Namespace) -> int:
    """Without a choice it lists how many are open, by reason. 3 when some failed again, 1 when some wait."""
    from deploy.recovery.dead_letters.redriving import run as redrive

    return redrive(arguments)
