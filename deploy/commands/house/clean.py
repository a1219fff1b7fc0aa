"""evergreen clean: the house forgets its data."""

import argparse

from deploy.console.directory import DEFAULT, LINK, add_directory, shown

HELP = "forget the data of a house that is down"
EXAMPLE = "evergreen clean --down"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds which house, and whether it may be running."""
    add_directory(parser)
    parser.add_argument(
        "--down", action="store_true", help="stop it first; without this a running house is refused"
    )


def run(arguments: argparse.Namespace) -> int:
    """Removes the house's directory, but not the caches of downloads."""
    from deploy.local.house.closing import bring_down, forget

    there = arguments.directory.exists()
    if arguments.down:
        bring_down(arguments.directory)
    forget(arguments.directory)
    if arguments.directory == DEFAULT:
        LINK.unlink(missing_ok=True)
    print(
        f"{shown(arguments.directory)} is forgotten"
        if there
        else f"there was nothing at {shown(arguments.directory)}"
    )
    return 0
