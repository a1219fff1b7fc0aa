"""Kafka's records as they lie, also when the name of a header is not UTF-8.

Kafka keeps such names as bytes. aiokafka takes them for UTF-8 and gives up the fetch at the first that is
not, again and again: one sender in Latin-1 would stop every service. A batch that it gives up is read once
more, by its own slower reader, with the odd bytes written out (`gr\\xfc\\xdfe`).

In place of a batch that is too large when decompressed stand as many records that say so.
"""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy

from shared.consume.client.decompression import ALLOWANCE, TooLarge, install_decoders
from shared.consume.client.stand_ins import stand_ins

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
        read = 0
        try:
            records = chain(self._batch)  # of aiokafka's own no second iterator may be asked
            while some := list(islice(records, AT_ONCE)):
                yield from some
                read += len(some)
        except TooLarge:
            yield from stand_ins(self._batch, bytes(_slice(self._fetched, self._place)))
        except (UnicodeDecodeError, CorruptRecordException):
            yield from islice(_read_again(self._fetched, self._place), read, None)

    def __next__(self) -> Any:
        """Of a batch that holds the end of a transaction its only record is asked for so."""
        return next(self._batch)


def _slice(fetched: bytes, place: int) -> Any:
    """The bytes of one batch, compressed as they came."""
    batches = _MemoryRecordsPy(fetched)
    for _ in range(place):
        batches.next_batch()
    return batches._next_slice  # noqa: SLF001


def _read_again(fetched: bytes, place: int) -> Any:
    again = _DefaultRecordBatchPy(_slice(fetched, place))
    iter(again)  # decompressed
    again._buffer = _Odd(again._buffer)  # noqa: SLF001
    return again


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
