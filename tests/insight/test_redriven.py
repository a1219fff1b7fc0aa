"""A letter that insight hears again is known when the timeline holds its event, whatever comes with it."""

from datetime import UTC, datetime

import pytest

from services.insight.app import InsightHandler
from shared.consume.consumer import Consumer
from shared.core.batch import Heard
from shared.service.redriver import Redriver
from shared.service.runtime import ServiceContext
from tests.insight.test_rehearsal_proves import BATCHES, POLICY, purchases

pytestmark = pytest.mark.system
ASK = """
insert into redrives (topic, partition, offset_, attempt, key, body, headers, recorded, requested)
values ($1, $2, $3, 1, $4, $5, '[]', $6, $6)
"""


async def test_what_is_known_is_told_from_what_is_new_beside_it(
    handler: InsightHandler, insight: ServiceContext
) -> None:
    await handler.handle(BATCHES[0])
    known = purchases(BATCHES[0])[0]
    new = next(each for each in purchases(BATCHES[1]) if each.partition == known.partition)
    for offset, heard in enumerate((known, new, new)):
        await ask(insight, heard, offset)
    redriver = Redriver(Consumer(insight.settings, POLICY, insight.store, handler), insight.store)
    positions = {("signals", known.partition): BATCHES[0].positions["signals", known.partition][1]}
    await redriver._take(await redriver._page(known.partition), positions)
    rows = await insight.store.pool.fetch("select outcome from redrives order by offset_")
    assert [row[0] for row in rows] == ["known", "applied", "known"]


async def ask(insight: ServiceContext, heard: Heard, offset: int) -> None:
    key, moment = heard.event.subject.encode(), datetime.now(UTC)
    await insight.store.pool.execute(ASK, heard.topic, heard.partition, offset, key, heard.body, moment)
