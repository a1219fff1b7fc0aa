"""evergreen journey: a customer's story, as of any moment."""

import argparse
from datetime import UTC, datetime

HELP = "tell a customer's journey: stage, purchases, timeline, alerts with their proof; as of any moment"
EXAMPLE = "evergreen journey C-7 --as-of 2026-03-01"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds who, as of when, and where to read."""
    from deploy.console.directory import add_directory

    parser.add_argument("customer", metavar="CUSTOMER", help="the customer id, as it stands in the events")
    parser.add_argument(
        "--as-of", type=moment, metavar="T", help="what had happened by then (default: all that is known)"
    )
    parser.add_argument(
        "--known-at", type=moment, metavar="T", help="only what was recorded by then (default: now)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")
    parser.add_argument(
        "--database", metavar="URL", help="insight's database (default: that of the house in --directory)"
    )
    add_directory(parser)


def moment(text: str) -> datetime:
    """RFC 3339; a day is its midnight, and a time without a zone is UTC."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no moment, such as 2026-03-01 or 2026-03-01T12:00:00Z"
        ) from None


def run(arguments: argparse.Namespace) -> int:
    """Prints the story. Trouble when nobody of that name has been heard of, or nothing was known by then."""
    from deploy.journey.telling import tell

    return tell(arguments)
