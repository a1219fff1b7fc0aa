"""evergreen rebase: logs that were restored on another server go on there."""

import argparse
import os

from deploy.console.directory import add_directory

HELP = (
    "let logs that were restored on another PostgreSQL go on there; changes nothing where nothing is to mend"
)
EXAMPLE = "EVERGREEN_POSTGRES_ADMIN=postgresql://postgres:secret@db/postgres evergreen rebase"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds which server."""
    parser.add_argument(
        "--postgres",
        metavar="URL",
        default=os.environ.get("EVERGREEN_POSTGRES_ADMIN"),
        help="its administrator's URL; or EVERGREEN_POSTGRES_ADMIN (default: that of the house)",
    )
    add_directory(parser)


def run(arguments: argparse.Namespace) -> int:
    """Rebases the log of every service that needs it, and says what comes of it."""
    import asyncio

    from deploy.local.house.house import House
    from deploy.rebase import rebase
    from shared.contracts.topics import STAGES

    url = arguments.postgres or House.load(arguments.directory).postgres.admin_url
    for service in STAGES:
        waiting = asyncio.run(rebase(url, service))
        if waiting is None:
            print(f"{service}: nothing to mend, its log goes on as it is")
        else:
            print(f"{service}: rebased; {waiting} rows wait to be published, in their old order")
    return 0
