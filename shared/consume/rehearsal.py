"""A record is taken to the last statement and then rolled back: could it be written by now?"""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

from shared.consume.admission import AdmissionPolicy, Record, admit
from shared.core.handler import Handler
from shared.core.store import REHEARSAL, Rehearsed, TopicPartition

log = logging.getLogger(__name__)
NEIGHBOURS = 10
"""Records that are rehearsed before it is said that none of the type can be written."""

AMONG = 2_000
"""Records behind the one that failed, among which its neighbours are looked for."""

Rehearse = Callable[[Record], Awaitable[bool]]


def neighbours(
    record: Record, behind: Sequence[Record], type_of: Callable[[Record], str | None]
) -> Iterable[Record]:
    """A few of those behind it of its type and of other keys: one customer's stream may fail by itself."""
    type_ = type_of(record)
    others = (each for each in behind[:AMONG] if each.key != record.key and type_of(each) == type_)
    return islice(others, NEIGHBOURS)


async def rehearse(
    policy: AdmissionPolicy,
    handler: Handler,
    positions: Mapping[TopicPartition, int],
    record: Record,
) -> bool:
    """True when it could, by more than being known already. Nothing is written, nothing remembered."""
    admitted = admit(policy, [record], positions, datetime.now(UTC))
    events = [heard.event for heard in admitted.heard]
    if not events or await handler.known(events):
        return False
    rehearsal = REHEARSAL.set(True)
    try:
        await handler.handle(admitted.batch(positions))
    except Rehearsed:
        return True
    except Exception:
        log.info("a neighbour cannot be written either", exc_info=True)
    finally:
        REHEARSAL.reset(rehearsal)
    return False
