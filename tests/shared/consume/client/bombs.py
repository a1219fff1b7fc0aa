"""Batches that are small on Kafka and large in memory."""

from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

CODECS = {"gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}


def batch(values: list[bytes], codec: str, first: int = 0) -> bytes:
    """One batch of these values from that offset on."""
    builder = _DefaultRecordBatchBuilderPy(2, ({"none": 0} | CODECS)[codec], 0, -1, -1, 0, 1 << 30)
    for place, value in enumerate(values):
        builder.append(place, 1_000, b"short", value, [])
    return first.to_bytes(8, "big") + bytes(builder.build())[8:]
