"""Kafka's records as they lie, also when the name of a header is not UTF-8.

Kafka keeps such names as bytes. aiokafka takes them for UTF-8 and gives up the fetch at the first that is
not, again and again: one sender in Latin-1 would stop every service. A batch that it gives up is read once
more, by its own slower reader, with the odd bytes written out (`gr\\xfc\\xdfe`).

In place of records that cannot be had, for their batch is too large when decompressed or is what no decoder
here takes though Kafka did, stand as many that say so. Kafka's own sum over the bytes must be right: of a
batch that is not as it was sent nothing is said.
"""

import struct
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

import cramjam
from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy

from shared.consume.client.decompression import ALLOWANCE, TooLarge, install_decoders
from shared.consume.client.stand_ins import TOO_LARGE, UNREADABLE, stand_ins

GARBLED = (CorruptRecordException, cramjam.DecompressionError, ValueError, IndexError, struct.error)
"""What aiokafka says of bytes that it cannot read; a name that is not UTF-8 is a `ValueError`."""

AT_ONCE = 1_000
"""Records made at a time: a batch may hold millions of empty ones."""


class LenientRecords:
    """What aiokafka asks of the bytes of one fetch: batch after batch."""

    def __init__(self, fetched: bytes) -> None:
        self._fetched, self._records, self._place = fetched, MemoryRecords(fetched), -1
        self._arrived = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

    def has_next(self) -> bool:
        """False also when this poll has brought enough: what is left is fetched again.

        When the fetch arrives it is asked whether that holds anything, before any poll.
        """
        enough, self._arrived = self._arrived and ALLOWANCE.left <= 0, True
        return not enough and bool(self._records.has_next())

    def next_batch(self) -> "LenientBatch":
        self._place += 1
        return LenientBatch(self._records.next_batch(), self._fetched, self._place)


class LenientBatch:
    """The batch at this place of a fetch."""

    def __init__(self, batch: Any, fetched: bytes, place: int) -> None:
        self._batch, self._fetched, self._place = batch, fetched, place

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __iter__(self) -> Iterator[Any]:
        reached, why = self._batch.base_offset, UNREADABLE
        for read in (self._as_it_is, self._again):
            try:
                for some in read(reached):
                    yield from some
                    reached = some[-1].offset + 1
            except TooLarge:
                why = TOO_LARGE
                break
            except GARBLED:
                if not self._as_it_came().validate_crc():
                    raise
            else:
                return
        yield from stand_ins(self._batch, bytes(_slice(self._fetched, self._place)), reached, why)

    def _as_it_came(self) -> Any:
        return _DefaultRecordBatchPy(_slice(self._fetched, self._place))

    def _as_it_is(self, _: int) -> Iterator[list[Any]]:
        return _pages(chain(self._batch))  # of aiokafka's own no second iterator may be asked

    def _again(self, reached: int) -> Iterator[list[Any]]:
        """One by one: what can be read of it is kept."""
        batch = self._as_it_came()
        iter(batch)  # decompressed
        batch._buffer = _Odd(batch._buffer)  # noqa: SLF001
        return ([record] for record in batch if record.offset >= reached)

    def __next__(self) -> Any:
        """Of a batch that holds the end of a transaction its only record is asked for so."""
        return next(self._batch)


def _pages(records: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(records)
    while some := list(islice(left, AT_ONCE)):
        yield some


def _slice(fetched: bytes, place: int) -> Any:
    """The bytes of one batch, compressed as they came."""
    batches = _MemoryRecordsPy(fetched)
    for _ in range(place):
        batches.next_batch()
    return batches._next_slice  # noqa: SLF001


class _Odd(bytearray):
    """Bytes of which every part can be decoded."""

    def __getitem__(self, place: Any) -> Any:
        part = super().__getitem__(place)
        return _Odd(part) if isinstance(place, slice) else part

    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        return bytes(self).decode(encoding, "backslashreplace")


def install_lenient_records() -> None:
    """Every consumer of this process reads so from here on."""
    install_decoders()
    fetcher.MemoryRecords = LenientRecords
