"""evergreen provision: topics, databases, roles and schemas on servers from outside, as in docker compose."""

import argparse
import os

from shared.contracts.topics import STAGES

HELP = "make topics, databases, roles and schemas on a Kafka and a PostgreSQL that are there already"
EXAMPLE = """\
EVERGREEN_KAFKA=kafka:9092 EVERGREEN_POSTGRES_ADMIN=postgresql://postgres:secret@db/postgres \\
  EVERGREEN_PASSWORD_INSIGHT=secret evergreen provision"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds where the servers are."""
    environment = os.environ
    parser.add_argument(
        "--kafka", metavar="HOST:PORT", default=environment.get("EVERGREEN_KAFKA"), help="or EVERGREEN_KAFKA"
    )
    parser.add_argument(
        "--postgres",
        metavar="URL",
        default=environment.get("EVERGREEN_POSTGRES_ADMIN"),
        help="its administrator's URL; or EVERGREEN_POSTGRES_ADMIN. A role gets the password in "
        "EVERGREEN_PASSWORD_<ROLE> (INSIGHT, INSIGHT_OWNER, ...), or a new one, which is printed",
    )


def run(arguments: argparse.Namespace) -> int:
    """Provisions, and prints the database URLs whose password was made up."""
    import asyncio

    from deploy.databases import databases
    from deploy.provision import provision

    _require(arguments)
    passwords = {role: os.environ.get(f"EVERGREEN_PASSWORD_{role.upper()}", "") for role in roles()}
    wanted = databases(arguments.postgres, STAGES, passwords)
    asyncio.run(provision(arguments.kafka, arguments.postgres, wanted))
    for database in wanted:
        print(f"{database.service}: topics and database are there")
        if not passwords[database.service]:
            print(f"    EVERGREEN_DATABASE={database.url}")
    return 0


def roles() -> list[str]:
    """The two roles of every service."""
    return [role for name in STAGES for role in (name, f"{name}_owner")]


def _require(arguments: argparse.Namespace) -> None:
    from deploy.errors import Trouble

    if not arguments.kafka:
        raise Trouble("which Kafka? give --kafka HOST:PORT or set EVERGREEN_KAFKA")
    if not arguments.postgres:
        raise Trouble("which PostgreSQL? give --postgres URL or set EVERGREEN_POSTGRES_ADMIN")
