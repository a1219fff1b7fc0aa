"""evergreen status: what runs, what is ready, and how far each service is."""

import argparse

from deploy.console.directory import add_directory

HELP = "say what runs, what is ready, how far each service is behind; exit code 0 when all is ready"
EXAMPLE = "evergreen status --json"
READY, NOT_READY = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds which house, and for whom."""
    add_directory(parser)
    parser.add_argument("--json", action="store_true", help="for programs")


def run(arguments: argparse.Namespace) -> int:
    """Prints a line for each part of the house."""
    import time

    from deploy.local.house.house import House
    from deploy.status import condition, telling

    parts = condition.examine(House.load(arguments.directory))
    if arguments.json:
        telling.as_json(parts)
    else:
        telling.as_table(parts, time.time(), arguments.directory)
    return READY if all(part.ready for part in parts) else NOT_READY
