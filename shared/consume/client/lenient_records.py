"""Kafka's records as they lie, also when the name of a header is not UTF-8.

Kafka keeps such names as bytes. aiokafka takes them for UTF-8 and gives up the fetch at the first that is
not, again and again: one sender in Latin-1 would stop every service. A batch that it gives up is read once
more, by its own slower reader, with the odd bytes written out (`gr\\xfc\\xdfe`).
"""

from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy


class LenientRecords:
    """What aiokafka asks of the bytes of one fetch: batch after batch."""

    def __init__(self, fetched: bytes) -> None:
        self._fetched, self._records, self._place = fetched, MemoryRecords(fetched), -1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

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
        try:
            return iter(list(self._batch))
        except (UnicodeDecodeError, CorruptRecordException):
            return iter(list(_read_again(self._fetched, self._place)))

    def __next__(self) -> Any:
        """Of a batch that holds the end of a transaction its only record is asked for so."""
        return next(self._batch)


def _read_again(fetched: bytes, place: int) -> Any:
    batches = _MemoryRecordsPy(fetched)
    for _ in range(place):
        batches.next_batch()
    again = _DefaultRecordBatchPy(batches._next_slice)  # noqa: SLF001
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
    fetcher.MemoryRecords = LenientRecords
