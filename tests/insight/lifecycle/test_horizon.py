"""Alerts of a stated horizon, on a real PostgreSQL: who is still away when it has passed has churned."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from deploy.playing.timetable import Disorder
from services.insight.app import InsightHandler
from services.insight.lifecycle.alerts import over
from shared.contracts.event import Event
from shared.contracts.insight import AlertOutcomeRecorded, ChurnRiskRaised, ChurnRiskResolved
from shared.service.runtime import ServiceContext
from tests.insight.cdnow_records import PARTITIONS, batches, every, records
from tests.insight.conftest import holder
from tests.insight.judging.verdicts import said

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
JUDGED = datetime(1998, 3, 31, tzinfo=UTC)


@pytest.mark.parametrize("disorder", [Disorder(), Disorder(days=28)])
async def test_who_is_still_away_when_the_horizon_passes_has_churned_however_batches_are_cut(
    handler: InsightHandler, another: ServiceContext, disorder: Disorder
) -> None:
    heard = records(every(16, datetime(1998, 4, 1, tzinfo=UTC)), disorder, promised=timedelta())
    sliced = holder(another, range(PARTITIONS))
    sliced.judge.most = 6
    for each in batches(heard, 1_000):
        await handler.handle(each)
    for each in batches(heard, 67):
        await sliced.handle(each)
        sliced.forget()
    one = (await said(handler.context.store.pool)).facts
    assert one == (await said(another.store.pool)).facts
    if not disorder.days:
        assert sum(come_true(facts) for stream, facts in one.items() if stream.startswith("alert-")) > 10


def come_true(facts: Sequence[Event]) -> int:
    """How many alerts have: each is said to at that moment, and none that was over before."""
    ended = {each.data.alert_id: each.time for each in facts if isinstance(each.data, ChurnRiskResolved)}
    churned = [
        (each.data.alert_id, each.time)
        for each in facts
        if isinstance(each.data, AlertOutcomeRecorded) and each.data.outcome == "churned"
    ]
    assert churned == [
        (each.data.alert_id, at)
        for each in facts
        if isinstance(each.data, ChurnRiskRaised)
        and (at := over(each.data, each.time))
        and at <= ended.get(each.data.alert_id, JUDGED)
    ]
    return len(churned)
