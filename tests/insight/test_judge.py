"""CDNOW through insight's work on a real PostgreSQL: live, late or forgetful, it ends where `assess` does."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any

import pytest

from deploy.playing.timetable import Disorder
from deploy.purchases.cdnow import cdnow
from deploy.purchases.purchase import Log
from services.insight import ledger
from services.insight.app import InsightHandler
from services.insight.judgement import Person
from shared.contracts.event import Event
from shared.contracts.fact import Fact
from shared.contracts.insight import ChurnRiskRaised, ChurnRiskResolved, ChurnRiskWithdrawn
from shared.service.runtime import ServiceContext
from tests.insight.cdnow_records import PARTITIONS, WITHIN_THREE_DAYS, batches, every, records
from tests.insight.conftest import holder
from tests.insight.verdicts import Said, said

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
EIGHTH = every(8, datetime(1997, 7, 2, tzinfo=UTC))
"""295 customers over 26 weeks: enough for fits, alerts, returns."""
LATE = Disorder(days=28)
"""Weeks after their time, while their source vouches that nothing is late."""


def follows(heard: Said, until: date) -> int:
    """What was said is what follows, each alert raised and resolved once; the number of alerts."""
    expected = heard.follows(until)
    assert heard.verdicts() == expected
    alerts = list(chain.from_iterable(expected.values()))
    assert heard.number(ChurnRiskRaised) == len(alerts)
    assert heard.number(ChurnRiskResolved) == sum(resolved for _, _, resolved in alerts)
    assert heard.number(ChurnRiskWithdrawn) == 0
    return len(alerts)


async def test_the_whole_log_is_judged_as_assess_would_and_fitted_as_published(
    handler: InsightHandler, insight: ServiceContext
) -> None:
    log = cdnow()
    for batch in batches(records(log), 500):
        await handler.handle(batch)
    heard = await said(insight.store.pool)
    assert follows(heard, log.end.date()) > 2_000
    week = heard.refits[39]
    assert [round(each, 3) for each in (week.r, week.alpha, week.a, week.b)] == [0.525, 6.183, 0.891, 1.614]
    assert week.customers == 2_357


async def test_shuffled_within_its_lateness_and_in_small_batches_it_is_judged_as_assess_would(
    handler: InsightHandler, insight: ServiceContext
) -> None:
    for batch in batches(records(EIGHTH, WITHIN_THREE_DAYS), 37):
        await handler.handle(batch)
    assert follows(await said(insight.store.pool), EIGHTH.end.date()) > 100


async def test_what_comes_weeks_after_its_time_withdraws_and_leaves_what_assess_says(
    handler: InsightHandler, insight: ServiceContext
) -> None:
    for batch in batches(records(EIGHTH, LATE, promised=timedelta()), 100):
        await handler.handle(batch)
    heard = await said(insight.store.pool)
    assert heard.verdicts() == heard.follows(EIGHTH.end.date())
    assert heard.number(ChurnRiskWithdrawn) > 5


async def test_to_forget_between_any_two_batches_changes_nothing(
    handler: InsightHandler, insight: ServiceContext
) -> None:
    for batch in batches(records(EIGHTH, WITHIN_THREE_DAYS), 100):
        await handler.handle(batch)
        handler.forget()
    assert follows(await said(insight.store.pool), EIGHTH.end.date()) > 100


async def test_even_of_a_late_log_neither_batches_nor_forgetting_change_a_fit_or_a_verdict(
    handler: InsightHandler, insight: ServiceContext, another: ServiceContext
) -> None:
    log, forgetful = records(EIGHTH, LATE, promised=timedelta()), holder(another, range(PARTITIONS))
    for batch in batches(log, 1_000):
        await handler.handle(batch)
    for batch in batches(log, 37):
        await forgetful.handle(batch)
        forgetful.forget()
    one, other = await said(insight.store.pool), await said(another.store.pool)
    assert one.refits == other.refits
    assert one.verdicts() == other.verdicts()


async def test_however_few_are_judged_in_one_transaction_the_facts_are_the_same(
    handler: InsightHandler, insight: ServiceContext, another: ServiceContext
) -> None:
    log, sliced = records(EIGHTH, WITHIN_THREE_DAYS), holder(another, range(PARTITIONS))
    sliced.judge.most = 6
    for batch in batches(log, 1_000):
        await handler.handle(batch)
        await sliced.handle(batch)
    one, other = await said(insight.store.pool), await said(another.store.pool)
    assert follows(one, EIGHTH.end.date()) > 100
    assert whole(one) == whole(other)


async def test_a_return_is_the_same_though_a_batch_ends_between_two_purchases_of_one_moment(
    handler: InsightHandler, insight: ServiceContext, another: ServiceContext
) -> None:
    log, cut = records(twice(EIGHTH)), holder(another, range(PARTITIONS))
    for batch in batches(log, 1_000):
        await handler.handle(batch)
    for batch in batches(log, 11):
        await cut.handle(batch)
    one, other = await said(insight.store.pool), await said(another.store.pool)
    assert len(returns(one)) > 5
    assert returns(one) == returns(other)


def twice(log: Log) -> Log:
    """Every purchase made twice at its moment; by its id the second would come before the first."""
    both = [(each, replace(each, id=f"a{each.id}")) for each in log.purchases]
    return replace(log, purchases=list(chain.from_iterable(both)))


def returns(heard: Said) -> list[tuple[str, Fact, str | None]]:
    """Who returned, with what is said of it, and the purchase that it hangs on."""
    return [
        (event.subject, event.data, event.correlation)
        for events in heard.facts.values()
        for event in events
        if isinstance(event.data, ChurnRiskResolved)
    ]


def whole(heard: Said) -> dict[str, list[Event]]:
    """All that was said, but for the moments of recording."""
    return {
        stream: [event._replace(recorded=None) for event in events] for stream, events in heard.facts.items()
    }


async def test_at_a_boundary_who_is_watched_is_read_a_partition_at_a_time(
    handler: InsightHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everyone watched on it is read at once: of all partitions together it is six times as many."""
    asked: list[list[int]] = []
    watched = ledger.watched

    async def noting(connection: Any, partitions: Collection[int]) -> dict[str, Person]:
        asked.append(sorted(partitions))
        return await watched(connection, partitions)

    monkeypatch.setattr(ledger, "watched", noting)
    for batch in batches(records(EIGHTH), 500):
        await handler.handle(batch)
    assert {each for entered in asked for each in entered} == set(range(PARTITIONS))
    assert max(map(len, asked)) == 1
