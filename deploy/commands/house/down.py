"""evergreen down: the house stops, its data stay."""

import argparse

from deploy.console.directory import add_directory, shown

HELP = "stop all that up started; the data stay"
EXAMPLE = "evergreen down"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds which house."""
    add_directory(parser)


def run(arguments: argparse.Namespace) -> int:
    """Stops what the pid files of the house name, even when nothing else of it can be read."""
    from deploy.local.house.closing import bring_down

    stopped = bring_down(arguments.directory)
    where = shown(arguments.directory)
    print(
        f"stopped {', '.join(stopped)}; the data stay in {where}"
        if stopped
        else f"nothing of {where} was running"
    )
    return 0
