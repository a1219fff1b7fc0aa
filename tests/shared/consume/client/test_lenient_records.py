"""Records are read as they lie, whatever bytes name their headers."""

import pytest
from aiokafka.errors import CorruptRecordException
from aiokafka.record.memory_records import MemoryRecords

from shared.consume.client.lenient_records import LenientRecords
from tests.shared.consume.client.odd_headers import Latin1, batch

CODECS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}


def names(fetched: bytes) -> list[list[str]]:
    """The name of each record's header, batch by batch."""
    records, found = LenientRecords(fetched), []
    while records.has_next():
        one = records.next_batch()
        assert one.validate_crc()
        found.append([record.headers[0][0] for record in one])
    return found


@pytest.mark.parametrize("codec", CODECS)
def test_one_odd_name_costs_neither_its_record_nor_its_neighbours(codec: str) -> None:
    fetched = b"".join(
        batch(each, CODECS[codec]) for each in (["a", "größe"], ["b", Latin1("größe"), "größe"], ["c"])
    )
    assert names(fetched) == [["a", "größe"], ["b", r"gr\xf6\xdfe", "größe"], ["c"]]


def test_what_was_read_before_the_odd_name_is_not_read_twice() -> None:
    sent = [*(f"n{n}" for n in range(1_500)), Latin1("ß"), "last"]
    assert names(batch(sent)) == [[*sent[:1_500], r"\xdf", "last"]]


def test_everything_else_of_the_odd_record_is_as_it_was_sent() -> None:
    [record] = LenientRecords(batch([Latin1("ß")])).next_batch()
    assert (record.offset, record.timestamp, record.key, record.value) == (0, 1_000, b"key", b"value")
    assert record.headers == [(r"\xdf", b"1")]
    assert {type(record.key), type(record.value), type(record.headers[0][1])} == {bytes}


def test_aiokafka_alone_gives_up() -> None:
    with pytest.raises((UnicodeDecodeError, CorruptRecordException)):
        list(MemoryRecords(batch([Latin1("ß")])).next_batch())


def test_what_is_truly_broken_stays_an_error() -> None:
    broken = bytearray(batch(["a", "b"]))
    broken[61] ^= 0x02  # the length of the first record
    with pytest.raises(CorruptRecordException):
        list(LenientRecords(bytes(broken)).next_batch())
