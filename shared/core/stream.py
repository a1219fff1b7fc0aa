"""The stream of one aggregate: its name is a pair inside, and text only where it is stored."""

from typing import Any, NamedTuple


class StreamName(NamedTuple):
    """Which aggregate (`id`), and of which kind (`category`, without a hyphen)."""

    category: str
    id: str

    @property
    def text(self) -> str:
        """As it is stored: `lead-42`."""
        return f"{self.category}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> "StreamName":
        """The name that is stored so."""
        category, _, id_ = text.partition("-")
        return cls(category, id_)


class Stream(NamedTuple):
    """How far a stream has come."""

    version: int
    state: Any


class UnreadableStream(Exception):
    """This release cannot read what a stream holds: it is older than what wrote it, or its rules are broken.

    The text names the category alone: the id is a customer's.
    """

    def __init__(self, stream: StreamName, why: str) -> None:
        way_out = "run the release that wrote it, or a newer one"
        super().__init__(
            f"a stream of category {stream.category} cannot be read by this release ({why}): {way_out}"
        )
        self.stream = stream
