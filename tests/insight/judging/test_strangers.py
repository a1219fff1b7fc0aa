"""Processes that do not know of each other: what one has changed, another never writes over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import cycle

import pytest

from services.insight import app
from services.insight.app import InsightHandler
from shared.core.batch import Batch
from shared.core.store import Conflict
from shared.resilience.transient import is_outage
from shared.service.runtime import ServiceContext
from tests.insight.cdnow_records import EIGHTH, PARTITIONS, WITHIN_THREE_DAYS, batches, records
from tests.insight.conftest import holder
from tests.insight.judging.test_two_judges import process
from tests.insight.judging.verdicts import follows, said

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]


async def insist(handler: InsightHandler, batch: Batch) -> None:
    """As intake does: what somebody else was faster with is read again and tried again."""
    while True:
        try:
            await handler.handle(batch)
        except Exception as error:
            if not is_outage(error):
                raise
            handler.forget()
        else:
            return


async def test_a_step_on_what_was_remembered_before_another_wrote_is_refused(
    handler: InsightHandler, insight: ServiceContext
) -> None:
    heard = list(batches(records(EIGHTH), 500))
    for batch in heard[:3]:
        await handler.handle(batch)
    stranger = holder(insight, range(PARTITIONS))
    await stranger.judge.known.load()
    await handler.handle(heard[3])
    with pytest.raises(Conflict, match="changed by somebody else"):
        async with stranger.judge.known.transaction(range(PARTITIONS)):
            pass


async def test_three_who_all_take_everything_for_their_own_say_what_one_would(
    insight: ServiceContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "LOOK_AGAIN", 0.0)
    async with AsyncExitStack() as stack:
        everything = set(range(PARTITIONS))
        works = [await stack.enter_async_context(process(insight, everything)) for _ in range(3)]
        for handler, batch in zip(
            cycle(works), batches(records(EIGHTH, WITHIN_THREE_DAYS), 100), strict=False
        ):
            await insist(handler, batch)
    assert follows(await said(insight.store.pool)) > 50


@asynccontextmanager
async def forgetting(handler: InsightHandler) -> AsyncIterator[None]:
    """It is told to forget whenever anything else is waited for, in the middle of a step as well."""

    async def forget() -> None:
        while True:
            handler.forget()
            await asyncio.sleep(0.001)  # a loop that never rests would starve the thread that fits

    task = asyncio.create_task(forget())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_to_be_told_to_forget_in_the_middle_of_a_step_changes_nothing(
    handler: InsightHandler, insight: ServiceContext
) -> None:
    async with forgetting(handler):
        for batch in batches(records(EIGHTH, WITHIN_THREE_DAYS), 500):
            await handler.handle(batch)
    assert follows(await said(insight.store.pool)) > 50
