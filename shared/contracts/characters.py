"""Characters that act instead of being read: in an id or a code they forge lines, keys and columns."""

import re
from typing import Any

from pydantic import BaseModel

from shared.contracts.event import Event
from shared.contracts.fact import CONTROL

ACTING = re.compile(f"[{CONTROL}]")


def acting(event: Event) -> str | None:
    """The name of the first field that holds one, of the envelope or of the data, keys included."""
    if not _holds_one(event):
        return None
    fields = event._asdict()
    data = fields.pop("data")
    named = fields | {f"{data.type}: {field}": held for field, held in data}
    return next(name for name, held in named.items() if _holds_one(held))


def _holds_one(held: Any) -> bool:
    if isinstance(held, str):
        return not held.isprintable() and ACTING.search(held) is not None
    if isinstance(held, tuple):
        return any(map(_holds_one, held))
    if isinstance(held, dict):
        return any(map(_holds_one, held)) or any(map(_holds_one, held.values()))
    if isinstance(held, BaseModel):
        return any(map(_holds_one, vars(held).values()))
    return False
