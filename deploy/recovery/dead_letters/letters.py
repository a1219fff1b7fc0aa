"""Which dead letters are meant: of which services, from which place, for which reason, kept when."""

import argparse
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

WRITTEN = re.compile(r"([\w.-]+)(?:/(\d+)(?:@(\d+))?)?")


class Place(NamedTuple):
    """A topic, one of its partitions, one of its offsets; None: all of them."""

    topic: str | None = None
    partition: int | None = None
    offset: int | None = None

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}@{self.offset}"


ANYWHERE = Place()


class Letter(NamedTuple):
    """A dead letter without its `size` bytes; `for_all` is for every service that hears its topic."""

    topic: str
    partition: int
    offset: int
    attempt: int
    for_all: bool
    reason: str
    recorded: datetime
    size: int = 0

    @property
    def place(self) -> str:
        return str(Place(self.topic, self.partition, self.offset))


@dataclass(frozen=True, slots=True)
class Choice:
    """The letters that lie at this place, whose reason matches, kept from `since` and before `until`."""

    place: Place = ANYWHERE
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def arguments(self) -> tuple[Any, ...]:
        """As the statement `open` takes them."""
        return (*self.place, self.reason, self.since, self.until)


def place(text: str) -> Place:
    """As `evergreen tail dead-letters` shows it. Errors: `ArgumentTypeError` says how it is written."""
    if (found := WRITTEN.fullmatch(text)) is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no place, such as signals, signals/3 or signals/3@4711"
        )
    topic, partition, offset = found.groups()
    return Place(
        topic, None if partition is None else int(partition), None if offset is None else int(offset)
    )


def database(text: str) -> tuple[str, str]:
    """SERVICE=URL. Errors: `ArgumentTypeError`."""
    service, equals, url = text.partition("=")
    if not (service and equals and url):
        raise argparse.ArgumentTypeError("a database is named SERVICE=URL, such as insight=postgresql://…")
    return service, url


def listeners(letter: Letter, keeper: str, read_by: Mapping[str, list[str]]) -> list[str]:
    """Who is to hear it again: its keeper, last; before that all others, when nobody could read it."""
    others = [each for each in read_by.get(letter.topic, ()) if each != keeper] if letter.for_all else []
    return [*others, keeper]
