"""Logs through insight's work on a real PostgreSQL: live, late or forgetful, they end where one walk does,
and however they are cut, the facts are the same to the last word."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest

from deploy.playing.timetable import Disorder
from deploy.purchases.purchase import Log
from services.insight.app import InsightHandler
from services.insight.judging import ledger
from services.insight.judging.model import STREAM
from services.insight.judging.people import Row
from shared.contracts.insight import (
    ChurnRiskEased,
    ChurnRiskEscalated,
    ChurnRiskRaised,
    ChurnRiskResolved,
    ChurnRiskWithdrawn,
)
from shared.contracts.policies import WeekSettled
from shared.core.batch import Heard
from shared.service.runtime import ServiceContext
from tests.insight.cdnow_records import EIGHTH, PARTITIONS, WITHIN_THREE_DAYS, batches, every, records
from tests.insight.conftest import holder
from tests.insight.judging.logs import delayed, log
from tests.insight.judging.verdicts import Said, follows, said

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
LATE = Disorder(days=28)
"""Weeks after their time, while their source vouches that nothing is late."""


async def played(handler: InsightHandler, heard: Sequence[Heard], size: int) -> Said:
    for batch in batches(heard, size):
        await handler.handle(batch)
    return await said(handler.context.store.pool)


async def played_forgetting(handler: InsightHandler, heard: Sequence[Heard], size: int) -> Said:
    """Each batch twice, and nothing is remembered from one to the next."""
    for batch in batches(heard, size):
        await handler.handle(batch)
        await handler.handle(replace(batch, positions={}))
        handler.forget()
    return await said(handler.context.store.pool)


def same(one: Said, other: Said) -> None:
    """All that was said, times, causes and evidence included."""
    assert one.facts.keys() == other.facts.keys()
    for stream in one.facts:
        assert one.facts[stream] == other.facts[stream], stream


async def test_all_customers_of_cdnow_are_judged_as_one_walk_would_and_fitted_nearly_as_published(
    handler: InsightHandler,
) -> None:
    """From week to week the parameters are smoothed, so they come after those of the week alone."""
    heard = await played(handler, records(every(1, datetime(1997, 10, 8, tzinfo=UTC))), 500)
    assert follows(heard) > 500
    [fit] = [each.parameters for each in heard.fits if (each.rule, each.week) == ("silence", 39)]
    assert fit is not None
    assert fit["model"][0] == pytest.approx({"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}, rel=0.15)
    settled = [event.data for event in heard.facts[STREAM.text] if isinstance(event.data, WeekSettled)]
    assert [each.week for each in settled] == list(range(1, 41))


async def test_shuffled_within_its_lateness_and_in_small_batches_it_is_judged_as_one_walk_would(
    handler: InsightHandler,
) -> None:
    assert follows(await played(handler, records(EIGHTH, WITHIN_THREE_DAYS), 37)) > 50


async def test_what_comes_weeks_after_its_time_withdraws_and_leaves_what_one_walk_says(
    handler: InsightHandler,
) -> None:
    heard = await played(handler, records(EIGHTH, LATE, promised=timedelta()), 100)
    assert heard.left() == heard.follows()
    assert heard.number(ChurnRiskWithdrawn) > 2


async def test_neither_batches_nor_doubles_nor_forgetting_change_a_word_of_a_late_log(
    handler: InsightHandler, another: ServiceContext
) -> None:
    heard = records(EIGHTH, LATE, promised=timedelta())
    one = await played(handler, heard, 1_000)
    same(one, await played_forgetting(holder(another, range(PARTITIONS)), heard, 37))


async def test_of_a_log_of_every_kind_neither(handler: InsightHandler, another: ServiceContext) -> None:
    heard, sliced = log(60, 200), holder(another, range(PARTITIONS))
    sliced.judge.most = 12
    one = await played(handler, heard, 700)
    same(one, await played_forgetting(sliced, heard, 37))
    assert follows(one) >= 10
    assert one.number(ChurnRiskResolved) > 5
    assert one.number(ChurnRiskEscalated) + one.number(ChurnRiskEased) > 0


async def test_of_a_late_log_of_every_kind_neither(handler: InsightHandler, another: ServiceContext) -> None:
    heard = delayed(log(60, 200), 300)
    one = await played(handler, heard, 1_000)
    same(one, await played_forgetting(holder(another, range(PARTITIONS)), heard, 61))
    assert one.left() == one.follows()
    assert one.number(ChurnRiskRaised) >= 10
    assert one.number(ChurnRiskWithdrawn) > 0


async def test_however_few_are_judged_in_one_transaction_the_facts_are_the_same(
    handler: InsightHandler, another: ServiceContext
) -> None:
    heard, sliced = records(EIGHTH, WITHIN_THREE_DAYS), holder(another, range(PARTITIONS))
    sliced.judge.most = 6
    one = await played(handler, heard, 1_000)
    same(one, await played(sliced, heard, 1_000))
    assert follows(one) > 50


async def test_a_return_is_the_same_though_a_batch_ends_between_two_purchases_of_one_moment(
    handler: InsightHandler, another: ServiceContext
) -> None:
    heard = records(twice(EIGHTH))
    one = await played(handler, heard, 1_000)
    same(one, await played(holder(another, range(PARTITIONS)), heard, 11))
    assert one.number(ChurnRiskResolved) >= 5


def twice(log: Log) -> Log:
    """Every purchase made twice at its moment; by its id the second would come before the first."""
    both = [(each, replace(each, id=f"a{each.id}")) for each in log.purchases]
    return replace(log, purchases=list(chain.from_iterable(both)))


async def test_at_a_boundary_who_is_watched_is_read_a_page_of_one_partition_at_a_time(
    handler: InsightHandler, another: ServiceContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = records(EIGHTH)
    whole = await played(handler, heard, 500)
    asked: list[tuple[int, dict[str, Row]]] = []
    watched = ledger.watched

    async def noting(connection: Any, partition: int) -> AsyncIterator[dict[str, Row]]:
        async for people in watched(connection, partition):
            asked.append((partition, people))
            yield people

    monkeypatch.setattr(ledger, "watched", noting)
    monkeypatch.setattr(ledger, "PAGE", 7)
    same(whole, await played(holder(another, range(PARTITIONS)), heard, 500))
    assert {partition for partition, _ in asked} == set(range(PARTITIONS))
    assert max(len(people) for _, people in asked) == 7
    assert all(len({row.partition for row in people.values()}) == 1 for _, people in asked)
