"""Two processes on one database, each with its partitions: a week is settled once all are at its boundary."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import asyncpg
import pytest

from services.insight.app import InsightHandler
from shared.service.runtime import ServiceContext
from tests.insight.cdnow_records import EIGHTH, batches, records
from tests.insight.judging.verdicts import follows, said

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
UNTIL = EIGHTH.end


@asynccontextmanager
async def process(context: ServiceContext, partitions: set[int]) -> AsyncIterator[InsightHandler]:
    """A process that was assigned these partitions and looks again by itself, until it is left."""
    handler = InsightHandler(context)
    handler.assigned(frozenset(partitions))
    yield handler
    assert handler._looking is not None
    handler._looking.cancel()
    with suppress(asyncio.CancelledError):
        await handler._looking


async def hear(handler: InsightHandler, partitions: set[int]) -> None:
    heard = [each for each in records(EIGHTH) if each.partition in partitions]
    for batch in batches(heard, 100):
        await handler.handle(batch)


async def judged(pool: asyncpg.Pool) -> dict[int, datetime]:
    return {row[0]: row[1] for row in await pool.fetch("select partition, through from frontiers")}


@pytest.mark.parametrize("first", [{0, 1, 2}, {3, 4, 5}])
async def test_the_first_waits_at_the_boundary_for_the_second_and_both_end_where_one_walk_does(
    insight: ServiceContext, first: set[int]
) -> None:
    second, pool = set(range(6)) - first, insight.store.pool
    async with process(insight, first) as one, process(insight, second) as other:
        await hear(one, first)
        waiting = set((await judged(pool)).values())
        await hear(other, second)
        async with asyncio.timeout(40):
            while await judged(pool) != dict.fromkeys(range(6), UNTIL):
                await asyncio.sleep(0.05)
    heard = await said(pool)
    assert waiting == ({heard.standards.end_of(0)} if 0 in first else set())
    assert follows(heard) > 50
