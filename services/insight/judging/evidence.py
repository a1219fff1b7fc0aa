"""What a judgement rests on, asked for and found. Pure."""

from datetime import datetime
from typing import NamedTuple


class Question(NamedTuple):
    """What of a customer had happened before a moment, of these types, and was known at another."""

    customer: str
    before: datetime
    at: datetime
    types: str


class Evidence(NamedTuple):
    """An event that a judgement rests on."""

    happened: datetime
    id: str
    key: bytes
    trace: str | None
