"""Records are read while the batch before them is written: PostgreSQL works beside, not after."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime

from shared.consume.admission import AdmissionPolicy, Admitted, Record, admit
from shared.consume.evidence import written
from shared.contracts.reading import Unreadable
from shared.core.batch import Batch
from shared.core.store import TopicPartition

SLICE = 100
"""Records read before the writing beside them gets its turn again: some milliseconds."""


class NewerType(Unreadable):
    """A record that this release cannot understand and may not leave out: another release will take it."""

    def __init__(self, place: TopicPartition, offset: int, reason: str) -> None:
        self.where = (*place, offset)
        lies = written(self.where)
        super().__init__(
            f"run the newer release of this service, for {lies} is beyond this one (to go on without it: "
            f"evergreen refuse {lies}, which keeps it; evergreen redrive brings it back): {reason}"
        )


Write = Callable[[Admitted, Batch], Awaitable[None]]
Prepare = Callable[[Batch], Awaitable[None]]


async def write_in_order(
    policy: AdmissionPolicy,
    records: Sequence[Record],
    positions: Mapping[TopicPartition, int],
    size: int,
    prepare: Prepare,
    write: Write,
) -> None:
    """Write the records, `size` a batch, one batch after another; the first failure ends it. A batch is
    prepared while the one before it is written.

    `positions` are those before the first record. A batch read ahead of one that failed is given up.
    Errors: `NewerType` once all is written that comes before it.
    """
    reached = dict(positions)
    newer: NewerType | None = None
    writing: asyncio.Future[None] | None = None
    try:
        for start in range(0, len(records), size):
            admitted = await _read(policy, records[start : start + size], reached, writing is not None)
            batch = admitted.batch(reached)
            reached |= {place: after for place, (_, after) in admitted.positions.items()}
            if writing is not None:
                await prepare(batch)
                await writing
            writing = asyncio.ensure_future(write(admitted, batch))
            if admitted.newer is not None:
                newer = NewerType(*admitted.newer)
                break
        if writing is not None:
            await writing
    finally:
        if writing is not None and not writing.done():
            await asyncio.gather(writing, return_exceptions=True)
    if newer is not None:
        raise newer


async def _read(
    policy: AdmissionPolicy, records: Sequence[Record], positions: Mapping[TopicPartition, int], beside: bool
) -> Admitted:
    admitted = Admitted()
    now = datetime.now(UTC)
    for start in range(0, len(records), SLICE):
        admit(policy, records[start : start + SLICE], positions, now, admitted)
        if admitted.newer is not None:
            break
        if beside:
            await asyncio.sleep(0)
    return admitted
