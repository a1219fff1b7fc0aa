"""Batches of records as a client writes them that does not insist on UTF-8."""

from collections.abc import Iterable
from typing import Any

from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy


class Latin1(str):
    """A header's name as such a client writes it."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:
        return super().encode("latin-1")


def unchecked(compression: int = 0) -> Any:
    """aiokafka's builder of one batch, which encodes a name as the name itself does."""
    return _DefaultRecordBatchBuilderPy(2, compression, 0, -1, -1, 0, 100_000)


def batch(names: Iterable[str], compression: int = 0) -> bytes:
    """One batch, a record for each name of a header."""
    builder = unchecked(compression)
    for offset, name in enumerate(names):
        builder.append(offset, 1_000, b"key", b"value", [(name, b"1")])
    return bytes(builder.build())
