"""Reads a story and prints it."""

import argparse
import asyncio
import json
from datetime import UTC, datetime

import asyncpg

from deploy.errors import Trouble
from deploy.journey.machine import machine
from deploy.journey.page import moment, page
from deploy.local.house.house import House
from deploy.provisioning.databases import shown
from services.insight.api import Unheard, Untold, journey
from services.insight.story import Story


def tell(arguments: argparse.Namespace) -> int:
    """0, with the story on standard output. Trouble when there is none."""
    database = arguments.database or House.load(arguments.directory).services["insight"].database_url
    known_at = arguments.known_at or datetime.now(UTC)
    story = _read(database, arguments.customer, arguments.as_of, known_at)
    print(json.dumps(machine(story), indent=2) if arguments.json else "\n".join(page(story)))
    return 0


def _read(database: str, customer: str, as_of: datetime | None, known_at: datetime) -> Story:
    try:
        return asyncio.run(journey(database, customer, as_of, known_at))
    except Unheard as nobody:
        raise Trouble(f"nobody has heard of customer {customer!r}{_perhaps(nobody.nearest)}") from None
    except Untold as untold:
        raise Trouble(
            f"nothing had happened to customer {customer!r} that was known then: their first event is of"
            f" {moment(untold.first_seen)}, ask for a later --as-of or --known-at"
        ) from None
    except asyncpg.UndefinedTableError:
        raise Trouble(f"{shown(database)} holds no journeys: name insight's database") from None
    except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
        raise Trouble(
            f"insight's database at {shown(database)} can't be read: {str(error) or 'no answer'}"
            " (evergreen up starts a house, --database names another)"
        ) from error


def _perhaps(nearest: list[str]) -> str:
    if not nearest:
        return ", nor of any whose id begins alike: evergreen tail signals shows whom events are about"
    return f": perhaps {', '.join(nearest)}?"
