"""evergreen rebase: logs that were restored on another server go on there."""

import argparse

from deploy.console.administrator import add_postgres, admin_url

HELP = (
    "let logs that were restored on another PostgreSQL go on there; changes nothing where nothing is to mend"
)
EXAMPLE = "EVERGREEN_POSTGRES_ADMIN=postgresql://postgres:secret@db/postgres evergreen rebase"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds which server."""
    add_postgres(parser)


def run(arguments: argparse.Namespace) -> int:
    """Rebases the log of every service that needs it, and says what comes of it."""
    import asyncio

    from deploy.recovery.rebase import rebase
    from shared.contracts.topics import STAGES

    url = admin_url(arguments)
    for service in STAGES:
        waiting = asyncio.run(rebase(url, service))
        if waiting is None:
            print(f"{service}: nothing to mend, its log goes on as it is")
        else:
            print(f"{service}: rebased; {waiting} rows wait to be published, in their old order")
    return 0
