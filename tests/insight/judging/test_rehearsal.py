"""What insight rehearses leaves nothing behind, in its database nor in its memory."""

import pytest

from services.insight.app import InsightHandler
from shared.core.store import REHEARSAL, Rehearsed
from shared.service.runtime import ServiceContext
from tests.insight.cdnow_records import EIGHTH, batches, records
from tests.insight.judging.verdicts import follows, said

pytestmark = [pytest.mark.system, pytest.mark.timeout(60)]


async def test_what_insight_rehearses_leaves_its_judgements_as_they_were(
    handler: InsightHandler, insight: ServiceContext
) -> None:
    heard = list(batches(records(EIGHTH), 500))
    for batch in heard[:4]:
        await handler.handle(batch)
    before = (await said(insight.store.pool)).facts
    rehearsal = REHEARSAL.set(True)
    for batch in heard[4:6]:
        with pytest.raises(Rehearsed):
            await handler.handle(batch)
    REHEARSAL.reset(rehearsal)
    assert (await said(insight.store.pool)).facts == before
    for batch in heard[4:]:
        await handler.handle(batch)
    assert follows(await said(insight.store.pool)) > 50
