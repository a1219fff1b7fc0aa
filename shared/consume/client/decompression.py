"""No batch is decompressed further than to `CEILING` bytes: 12 kB of zstd may stand for gigabytes.

aiokafka decompresses a batch whole, whatever comes of it. Its decoders are replaced by these, which write
into one room of that size, and so cost a copy less memory than they did.
"""

import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import Any

import cramjam
from aiokafka import codec
from aiokafka.record import default_records
from aiokafka.record._crecords import default_records as fast_default_records

CEILING = 8 * 2**20
"""Bytes of a batch, decompressed: a client's own limit on these is 1 MB unless it is told otherwise."""

POLL = 32 * 2**20
"""Decompressed bytes after which a poll brings no further batch: the rest is fetched again."""

FULL = "failed to write whole buffer"
"""What a decoder says once the room is used up."""

SNAPPY, SNAPPY_HEADER = b"\x82SNAPPY\0", 16
"""How a stream of blocks begins as Java writes it, and the bytes before its first block."""

_ROOM = mmap.mmap(-1, CEILING)


class TooLarge(Exception):
    """A batch that comes to more than `CEILING` bytes."""


class Allowance:
    """What may still be decompressed for the poll at hand, over all partitions of a process."""

    def __init__(self) -> None:
        self.left = inf

    @contextmanager
    def poll(self) -> Iterator[None]:
        """A poll of a service; other consumers of the process, such as a test's, have no bound."""
        self.left = POLL
        try:
            yield
        finally:
            self.left = inf

    def spend(self, decompressed: bytes) -> bytes:
        self.left -= len(decompressed)
        return decompressed


ALLOWANCE = Allowance()


def gzip_decode(payload: Any) -> bytes:
    """Errors: `TooLarge`; `cramjam.DecompressionError` for what is broken."""
    return _into_room(cramjam.gzip, payload)


def lz4_decode(payload: Any) -> bytes:
    """Errors: `TooLarge`; `cramjam.DecompressionError` for what is broken."""
    return _into_room(cramjam.lz4, payload)


def zstd_decode(payload: Any) -> bytes:
    """Errors: `TooLarge`; `cramjam.DecompressionError` for what is broken."""
    return _into_room(cramjam.zstd, payload)


def _into_room(codec_: Any, payload: Any) -> bytes:
    try:
        return ALLOWANCE.spend(_ROOM[: codec_.decompress_into(payload, _ROOM)])
    except cramjam.DecompressionError as error:
        if FULL in str(error):
            raise TooLarge from error
        raise


def snappy_decode(payload: Any) -> bytes:
    """Each block says its size first. Errors: `TooLarge`; `cramjam.DecompressionError`, `struct.error`."""
    blocks = _snappy_blocks(payload)
    if sum(map(cramjam.snappy.decompress_raw_len, blocks)) > CEILING:
        raise TooLarge
    return ALLOWANCE.spend(b"".join(bytes(cramjam.snappy.decompress_raw(block)) for block in blocks))


def _snappy_blocks(payload: Any) -> list[bytes]:
    """A stream may follow a stream, as when a client flushes: its header stands where a size would."""
    if not codec._detect_xerial_stream(payload):  # noqa: SLF001
        return [bytes(payload)]
    blocks, at = [], 0
    while at < len(payload):
        if payload[at : at + len(SNAPPY)] == SNAPPY:
            at += SNAPPY_HEADER
            continue
        (size,) = struct.unpack_from("!i", payload, at)
        blocks.append(bytes(payload[at + 4 : at + 4 + size]))
        at += 4 + max(size, 0)
    return blocks


def install_decoders() -> None:
    """Every consumer of this process decompresses so from here on."""
    for module in (default_records, fast_default_records):
        for decode in (gzip_decode, lz4_decode, snappy_decode, zstd_decode):
            assert hasattr(module, decode.__name__), "another aiokafka than was read"
            setattr(module, decode.__name__, decode)
