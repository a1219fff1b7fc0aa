"""The option that says which PostgreSQL a command works on as its administrator."""

import argparse
import os

from deploy.console.directory import add_directory
from shared.settings import given

ADMIN = "EVERGREEN_POSTGRES_ADMIN"


def add_postgres(parser: argparse.ArgumentParser) -> None:
    """Adds --postgres, and --directory for the house whose server it is otherwise."""
    parser.add_argument(
        "--postgres",
        metavar="URL",
        help=f"its administrator's URL; or {ADMIN}, {ADMIN}_FILE (default: that of the house)",
    )
    add_directory(parser)


def admin_url(arguments: argparse.Namespace) -> str:
    """The administrator's URL that was given, or that of the house. Trouble when there is no house."""
    from deploy.local.house.house import House

    return (
        arguments.postgres or given(os.environ, ADMIN) or House.load(arguments.directory).postgres.admin_url
    )
