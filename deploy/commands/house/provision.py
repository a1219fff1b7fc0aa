"""evergreen provision: topics, principals, databases, roles and schemas on servers from outside."""

import argparse
import os
from collections.abc import Iterable

from shared.contracts.topics import STAGES

HELP = "make topics, databases, roles and schemas on a Kafka and a PostgreSQL that are there already"
EXAMPLE = """\
EVERGREEN_KAFKA=kafka:9092 EVERGREEN_POSTGRES_ADMIN_FILE=admin.url \\
  EVERGREEN_PASSWORD_INSIGHT_FILE=insight.password evergreen provision --replicas 3 --min-insync 2"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds where the servers are."""
    environment = os.environ
    parser.add_argument(
        "--kafka",
        metavar="ADDRESS",
        default=environment.get("EVERGREEN_KAFKA"),
        help="host:port, or an address with a user (docs/security.md); or EVERGREEN_KAFKA",
    )
    parser.add_argument(
        "--postgres",
        metavar="URL",
        help="its administrator's URL; better EVERGREEN_POSTGRES_ADMIN or EVERGREEN_POSTGRES_ADMIN_FILE: "
        "all see a command line. A role gets the password in EVERGREEN_PASSWORD_<ROLE> (INSIGHT, "
        "INSIGHT_OWNER, ...) or the file EVERGREEN_PASSWORD_<ROLE>_FILE, or a new one, which is printed",
    )
    parser.add_argument(
        "--principals",
        action="store_true",
        help="make the access lists of topics.yaml; and, with the password in it, the principal "
        "of each EVERGREEN_KAFKA_PASSWORD_<NAME> (or ..._FILE), by SCRAM-SHA-512",
    )
    for option, variable, what in (
        ("--replicas", "EVERGREEN_KAFKA_REPLICAS", "brokers that keep each record (default: three, or all)"),
        ("--min-insync", "EVERGREEN_KAFKA_MIN_INSYNC", "of them, that must have it (default: all but one)"),
    ):
        parser.add_argument(
            option,
            type=int,
            metavar="N",
            default=environment.get(variable) or None,
            help=f"{what}; or {variable}",
        )


def run(arguments: argparse.Namespace) -> int:
    """Provisions, and prints the database URLs whose password was made up."""
    import asyncio

    from deploy.provisioning.databases import databases
    from deploy.provisioning.provision import provision
    from deploy.provisioning.topics import Replication, pages
    from deploy.security.rights import principals

    kafka, admin = _required(arguments)
    passwords = _given("EVERGREEN_PASSWORD", roles())
    wanted = databases(admin, STAGES, passwords)
    replication = Replication(arguments.replicas, arguments.min_insync)
    known = _given("EVERGREEN_KAFKA_PASSWORD", principals(pages())) if arguments.principals else None
    asyncio.run(provision(kafka, admin, wanted, replication, known))
    for database in wanted:
        print(f"{database.service}: topics and database are there")
        if database.service not in passwords:
            print(f"    EVERGREEN_DATABASE={database.url}")
    return 0


def roles() -> list[str]:
    """The two roles of every service."""
    return [role for name in STAGES for role in (name, f"{name}_owner")]


def _given(prefix: str, names: Iterable[str]) -> dict[str, str]:
    from shared.settings import given

    found = {name: given(os.environ, f"{prefix}_{name.upper()}") for name in names}
    return {name: password for name, password in found.items() if password}


def _required(arguments: argparse.Namespace) -> tuple[str, str]:
    from deploy.errors import Trouble
    from shared.settings import given

    postgres = arguments.postgres or given(os.environ, "EVERGREEN_POSTGRES_ADMIN")
    if not arguments.kafka:
        raise Trouble("which Kafka? give --kafka HOST:PORT or set EVERGREEN_KAFKA")
    if not postgres:
        raise Trouble("which PostgreSQL? give --postgres URL or set EVERGREEN_POSTGRES_ADMIN")
    return arguments.kafka, postgres
