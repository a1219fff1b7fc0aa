"""Records are read while the batch before them is written: PostgreSQL works beside, not after."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime

from shared.consume.admission import Door, Reception, Record, receive
from shared.core.store import Partition

SLICE = 100
"""Records read before the writing beside them gets its turn again: some milliseconds."""

Write = Callable[[Reception], Awaitable[None]]


async def write_in_order(
    door: Door, records: Sequence[Record], positions: Mapping[Partition, int], size: int, write: Write
) -> None:
    """Write the records, `size` a batch, one batch after another; the first failure ends it.

    `positions` are those before the first record. A batch read ahead of one that failed is given up.
    """
    reached = dict(positions)
    writing: asyncio.Future[None] | None = None
    try:
        for start in range(0, len(records), size):
            reception = await _read(door, records[start : start + size], reached, writing is not None)
            reached |= {place: after for place, (_, after) in reception.positions.items()}
            if writing is not None:
                await writing
            writing = asyncio.ensure_future(write(reception))
        if writing is not None:
            await writing
    finally:
        if writing is not None and not writing.done():
            await asyncio.gather(writing, return_exceptions=True)


async def _read(
    door: Door, records: Sequence[Record], positions: Mapping[Partition, int], beside: bool
) -> Reception:
    reception = Reception()
    now = datetime.now(UTC)
    for start in range(0, len(records), SLICE):
        receive(door, records[start : start + SLICE], positions, now, reception)
        if beside:
            await asyncio.sleep(0)
    return reception
