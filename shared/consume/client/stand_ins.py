"""What stands in for the records of a batch that cannot be had: one at each of their offsets."""

from collections.abc import Iterator
from typing import Any

from aiokafka.record.default_records import DefaultRecordBase, _DefaultRecordPy

from shared.consume.client.decompression import CEILING
from shared.core.dead_letter import StandIn

TOO_LARGE = f"comes to more than {CEILING} bytes when it is decompressed: send smaller batches"
UNREADABLE = "cannot be decompressed or read: check the client that wrote it"


def stand_ins(batch: Any, compressed: bytes, reached: int, why: str) -> Iterator[Any]:
    """As aiokafka makes records, from offset `reached` on, before which all were read.

    The first keeps the whole batch, `compressed` as it lies on Kafka.
    """
    first, after = batch.base_offset, batch.next_offset
    reason = (
        f"its batch of {after - first} records from offset {first} {why} "
        f"(the bytes of this one are kept as the value of offset {reached})"
    )
    appended = batch.timestamp_type == DefaultRecordBase.LOG_APPEND_TIME
    timestamp = batch.max_timestamp if appended else batch.first_timestamp
    for offset in range(reached, after):
        value = StandIn(compressed if offset == reached else b"", reason)
        yield _DefaultRecordPy(offset, timestamp, batch.timestamp_type, None, value, [])
