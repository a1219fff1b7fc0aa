"""No batch, and no poll, is decompressed without an end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cramjam
import pytest
from aiokafka.record.util import calc_crc32c

from shared.consume.client import decompression
from shared.consume.client.decompression import ALLOWANCE, CEILING, TooLarge
from shared.consume.client.lenient_records import LenientRecords, install_lenient_records
from shared.core.dead_letter import StandIn
from tests.shared.consume.client.bombs import CODECS, batch

MIB = 2**20
HUGE = 400 * MIB


@pytest.fixture(autouse=True)
def _installed() -> Iterator[None]:
    install_lenient_records()
    with ALLOWANCE.poll():
        yield


def peak() -> int:
    """The most memory that this process has held since it was last reset, in bytes."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


@pytest.mark.parametrize("codec", ["gzip", "lz4", "zstd"])
def test_a_decoder_stops_at_the_ceiling(codec: str) -> None:
    bomb = bytes(getattr(cramjam, codec).compress(bytes(HUGE)))
    decode: Callable[[bytes], bytes] = getattr(decompression, f"{codec}_decode")
    Path("/proc/self/clear_refs").write_text("5")
    before = peak()
    with pytest.raises(TooLarge):
        decode(bomb)
    assert peak() - before < 4 * CEILING


@pytest.mark.parametrize("codec", CODECS)
def test_what_comes_to_the_ceiling_is_read_and_what_comes_to_more_stands_for_itself(codec: str) -> None:
    fits, large = [b"v" * (CEILING - 1_000), b"w"], [b"v" * CEILING, b"w", b"x"]
    fetched = batch(fits, codec, 7) + batch(large, codec, 9) + batch([b"next"], codec, 12)
    records, found = LenientRecords(fetched), []
    while records.has_next():
        found += list(records.next_batch())
    assert [record.offset for record in found] == [7, 8, 9, 10, 11, 12]
    assert [record.value for record in found[:2] + found[5:]] == [*fits, b"next"]
    stand_ins = [record.value for record in found[2:5]]
    assert all(isinstance(each, StandIn) for each in stand_ins)
    assert stand_ins[0] in fetched
    assert stand_ins[1:] == [b"", b""]
    assert f"3 records from offset 9 comes to more than {CEILING} bytes" in stand_ins[2].reason


def test_a_poll_brings_no_further_batch_when_it_has_brought_enough() -> None:
    one = [b"v" * (CEILING - 10_000)]
    records, found = LenientRecords(b"".join(batch(one, "zstd", at) for at in range(10))), []
    while records.has_next():
        found += list(records.next_batch())
    assert [record.offset for record in found] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("codec", CODECS)
def test_a_batch_of_many_records_is_read_whole(codec: str) -> None:
    values = [b"%d" % n for n in range(2_500)]
    assert [each.value for each in LenientRecords(batch(values, codec)).next_batch()] == values


def test_who_reads_beside_a_service_has_no_bound() -> None:
    one = batch([b"v" * (CEILING - 10_000)], "zstd")
    with ALLOWANCE.poll():
        pass
    records, read = LenientRecords(one * 10), 0
    while records.has_next():
        read += len(list(records.next_batch()))
    assert read == 10


def test_a_fetch_that_arrives_after_enough_was_brought_is_not_taken_for_an_empty_one() -> None:
    ALLOWANCE.left = 0
    assert LenientRecords(batch([b"v"], "zstd")).has_next()


@pytest.mark.parametrize("codec", ["gzip", "lz4", "zstd"])
def test_what_is_truly_broken_is_not_taken_for_a_large_one(codec: str) -> None:
    broken = bytes(getattr(cramjam, codec).compress(b"v" * 10_000))[:-9]
    decode: Callable[[bytes], bytes] = getattr(decompression, f"{codec}_decode")
    with pytest.raises(cramjam.DecompressionError):
        decode(broken)


@pytest.mark.parametrize("codec", CODECS)
def test_a_batch_that_no_decoder_takes_stands_for_itself(codec: str) -> None:
    whole = batch([b"v" * 2_000, b"w"], codec, 7)
    fetched = whole[:61] + b"\0\0" + whole[63:-9] + bytes(9)
    fetched = fetched[:17] + calc_crc32c(fetched[21:]).to_bytes(4, "big") + fetched[21:]
    found = list(LenientRecords(fetched).next_batch())
    assert [record.offset for record in found] == [7, 8]
    assert [record.value for record in found] == [fetched, b""]
    assert "2 records from offset 7 cannot be decompressed or read" in found[1].value.reason


def test_of_a_batch_that_breaks_off_only_what_cannot_be_read_is_stood_for() -> None:
    broken = bytearray(batch([b"v", b"w", b"x"], "none", 7))
    broken[-3] = 0x7E  # the length of the last value
    broken[17:21] = calc_crc32c(bytes(broken[21:])).to_bytes(4, "big")
    found = list(LenientRecords(bytes(broken)).next_batch())
    assert [(record.offset, record.value) for record in found][:2] == [(7, b"v"), (8, b"w")]
    assert (found[2].offset, found[2].value) == (9, bytes(broken))
