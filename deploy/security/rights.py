"""What each principal may do on Kafka, as the pages of topics.yaml say it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ADMIN = "admin"
"""May do everything, and so has no right of its own. It provisions; no service is it."""
READ, WRITE = "read", "write"
TOPIC, GROUP = "topic", "group"


@dataclass(frozen=True, order=True)
class Right:
    """To read or write a topic, or to be of a consumer group. To read or write one is to see it described."""

    principal: str
    operation: str
    kind: str
    name: str


def rights(pages: Iterable[Mapping[str, Any]]) -> list[Right]:
    """All that is allowed: to write and read by the pages; who reads has a group of its own name."""
    found = set()
    for page in pages:
        found |= {Right(who, WRITE, TOPIC, page["topic"]) for who in page["written_by"]}
        for who in page["read_by"]:
            found |= {Right(who, READ, TOPIC, page["topic"]), Right(who, READ, GROUP, who)}
    return sorted(found)


def principals(pages: Iterable[Mapping[str, Any]]) -> list[str]:
    """Everybody who has a right, by name."""
    return sorted({right.principal for right in rights(pages)})
