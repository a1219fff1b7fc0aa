"""What stands in for the records of a batch that is not decompressed: one at each of its offsets."""

from collections.abc import Iterator
from typing import Any

from aiokafka.record.default_records import DefaultRecordBase, _DefaultRecordPy

from shared.consume.client.decompression import CEILING
from shared.core.dead_letter import StandIn


def stand_ins(batch: Any, compressed: bytes) -> Iterator[Any]:
    """As aiokafka makes records. The first keeps the whole batch, `compressed` as it lies on Kafka."""
    first, count = batch.base_offset, batch.next_offset - batch.base_offset
    reason = (
        f"its batch of {count} records from offset {first} comes to more than {CEILING} bytes when it is "
        f"decompressed: send smaller batches (the bytes of this one are kept as the value of offset {first})"
    )
    appended = batch.timestamp_type == DefaultRecordBase.LOG_APPEND_TIME
    timestamp = batch.max_timestamp if appended else batch.first_timestamp
    for offset in range(first, first + count):
        value = StandIn(compressed if offset == first else b"", reason)
        yield _DefaultRecordPy(offset, timestamp, batch.timestamp_type, None, value, [])
