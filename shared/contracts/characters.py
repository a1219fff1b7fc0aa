"""Characters that act instead of being read: in an id or a code they forge lines, keys and columns."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from shared.contracts.event import Event
from shared.contracts.fact import CONTROL

ACTING = re.compile(f"[{CONTROL}]")


def acting(event: Event) -> str | None:
    """The name of the first field that holds one, of the envelope or of the data."""
    fields = event._asdict()
    data = fields.pop("data")
    named = fields | {f"{data.type}: {field}": held for field, held in data}
    return next((name for name, text in _texts(named) if ACTING.search(text)), None)


def _texts(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every string that these fields hold, keys included, each with the field that holds it."""
    for name, value in fields.items():
        within = [value]
        while within:
            match within.pop():
                case str(text):
                    yield name, text
                case dict() as keyed:
                    within += [*keyed, *keyed.values()]
                case tuple() | BaseModel() as several:
                    within.extend(several)
