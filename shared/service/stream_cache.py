"""Streams as they were left, so that a touch costs the same after ten facts and after ten thousand."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from sys import getsizeof
from typing import Any, NamedTuple

from pydantic import BaseModel

from shared.core.stream import Stream, StreamName

BUDGET = 64 * 1024 * 1024
"""Bytes of states kept."""

OVERHEAD = 420
"""Bytes of an entry besides its state: its name and texts, the stream, the entry, its place."""


class Entry(NamedTuple):
    """`bytes` were measured when the stream had `measured` facts."""

    stream: Stream
    bytes: int
    measured: int


class StreamCache:
    """The streams touched last, up to so many bytes; whoever is touched least recently goes first.

    A state is measured when it comes in, and again each time its stream has doubled. It grows by what
    its facts add, so the sum is right within a factor of two, and measuring costs next to nothing.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget, self.bytes = budget, 0
        self._entries: OrderedDict[StreamName, Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: StreamName) -> bool:
        return name in self._entries

    def known(self, names: Iterable[StreamName]) -> dict[StreamName, Stream]:
        """Those of these streams that are remembered; they are the last to be forgotten now."""
        found: dict[StreamName, Stream] = {}
        for name in names:
            if (entry := self._entries.get(name)) is not None:
                self._entries.move_to_end(name)
                found[name] = entry.stream
        return found

    def remember(self, streams: Mapping[StreamName, Stream]) -> None:
        """These as they are now; what no longer fits the budget is forgotten."""
        for name, stream in streams.items():
            before = self._entries.pop(name, None)
            if before is None or stream.version >= 2 * before.measured:
                entry = Entry(stream, OVERHEAD + size(stream.state), stream.version)
            else:
                entry = Entry(stream, before.bytes, before.measured)
            self._entries[name] = entry
            self.bytes += entry.bytes - (before.bytes if before else 0)
        while self.bytes > self.budget:
            self.bytes -= self._entries.popitem(last=False)[1].bytes

    def clear(self) -> None:
        """Trust nothing remembered."""
        self._entries.clear()
        self.bytes = 0


def size(state: Any) -> int:
    """Bytes that a state holds: of frozen dataclasses, named tuples, facts, collections and plain values.

    What two of its parts share counts twice.
    """
    total, within = 0, [state]
    while within:
        part = within.pop()
        if part is not None and part is not True and part is not False:
            total += getsizeof(part)
            within.extend(_parts(part))
    return total


def _parts(part: Any) -> Iterator[Any]:
    if isinstance(part, str | bytes | int | float):
        return
    if isinstance(part, tuple | list | set | frozenset):
        yield from part
    elif isinstance(part, Mapping):
        yield from part.keys()
        yield from part.values()
    elif isinstance(part, BaseModel):
        yield vars(part)
    else:
        for name in getattr(part, "__slots__", ()):
            yield getattr(part, name, None)
