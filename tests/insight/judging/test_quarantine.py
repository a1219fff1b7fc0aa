"""A customer whose judgement raises is set aside: all others are judged; once released, nothing is lost."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

import asyncpg
import pytest

from deploy.local.house.house import House
from deploy.provisioning.databases import Database
from deploy.recovery.quarantine import add, release
from services.insight.app import InsightHandler
from services.insight.judging import judgement
from shared.contracts.event import Event, encode
from shared.contracts.signals import SourceHeartbeat
from shared.core.batch import Batch, Heard
from shared.core.quarantine import MOST, StreamsFail
from shared.service.runtime import ServiceContext
from tests.insight.cdnow_records import EIGHTH, PARTITIONS, WITHIN_THREE_DAYS, batch, batches, records
from tests.insight.judging.test_two_judges import process
from tests.insight.judging.verdicts import follows, said

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
BATCHES = list(batches(records(EIGHTH, WITHIN_THREE_DAYS), 250))
HALF = len(BATCHES) * 3 // 4
ASKED = ("carry", "revise", "speaks")
"""What judging asks of one customer."""


@pytest.fixture
def bad(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Customers of whom judging raises as long as they stand here."""
    names: set[str] = set()

    def raising(asked: Callable[..., Any]) -> Callable[..., Any]:
        def of(customer: str, *rest: Any) -> Any:
            if customer in names:
                raise ZeroDivisionError("a rule divides by nothing")
            return asked(customer, *rest)

        return of

    for name in ASKED:
        monkeypatch.setattr(judgement, name, raising(getattr(judgement, name)))
    return names


async def quarantined(pool: asyncpg.Pool) -> dict[str, str]:
    return {row[0]: row[1] for row in await pool.fetch("select stream, reason from quarantined")}


async def rest(handler: InsightHandler) -> None:
    for each in BATCHES[HALF:]:
        await handler.handle(each)


async def watched(pool: asyncpg.Pool, most: int) -> list[str]:
    """Who has been told of and buys again in the last quarter, which is to be judged."""
    again = {heard.event.subject for each in BATCHES[HALF:] for heard in each.heard}
    rows = await pool.fetch(
        "select distinct substr(stream, 7) from facts where stream like 'alert-%' order by 1"
    )
    found = [row[0] for row in rows if row[0] in again]
    assert len(found) >= most
    return found[:most]


async def heard_with_two_bad(handler: InsightHandler, pool: asyncpg.Pool, bad: set[str]) -> list[str]:
    """All of it; before the last quarter two customers become such as cannot be judged. Their streams."""
    for each in BATCHES[:HALF]:
        await handler.handle(each)
    bad.update(await watched(pool, 2))
    await rest(handler)
    return [f"alert-{customer}" for customer in sorted(bad)]


async def weeks_later(pool: asyncpg.Pool) -> Batch:
    """Nothing but time."""
    at = {row[0]: row[1] for row in await pool.fetch("select partition, next_offset from positions")}
    data = SourceHeartbeat(allowed_lateness_seconds=0)
    beats = [Event(f"beat-{p}", EIGHTH.source, "", EIGHTH.end, data) for p in sorted(at)]
    return batch(Heard("signals", p, at[p], beat, encode(beat)) for p, beat in enumerate(beats))


async def test_one_customer_who_cannot_be_judged_harms_nobody_and_loses_nothing(
    handler: InsightHandler, insight: ServiceContext, house: House, database: Database, bad: set[str]
) -> None:
    pool = insight.store.pool
    streams = await heard_with_two_bad(handler, pool, bad)
    assert len(streams) == 2
    assert sorted(await quarantined(pool)) == streams
    assert all(reason.startswith("ZeroDivisionError") for reason in (await quarantined(pool)).values())
    assert not await pool.fetch("select from timers where stream = any($1)", streams)
    assert await pool.fetchval("select min(through) from frontiers") >= EIGHTH.end
    heard = await said(pool)
    left, expected = heard.left(), heard.follows()
    assert {customer for customer in expected if left[customer] != expected[customer]} <= bad

    bad.clear()
    for stream in streams:
        assert await release(house.postgres.admin_url, database.service, [stream])
    await handler.reread_quarantine(range(PARTITIONS))
    assert await quarantined(pool) == {}
    assert follows(await said(pool)) > 50


async def test_who_still_fails_when_released_is_set_aside_again_and_others_go_on(
    handler: InsightHandler, insight: ServiceContext, house: House, database: Database, bad: set[str]
) -> None:
    pool = insight.store.pool
    worse, mended = await heard_with_two_bad(handler, pool, bad)
    bad.remove(mended.removeprefix("alert-"))
    await release(house.postgres.admin_url, database.service, [worse, mended])
    await handler.reread_quarantine(range(PARTITIONS))
    assert (await quarantined(pool)).keys() == {worse}


async def test_who_was_set_aside_by_hand_is_not_judged_and_loses_nothing(
    handler: InsightHandler, insight: ServiceContext, house: House, database: Database
) -> None:
    pool, where = insight.store.pool, (house.postgres.admin_url, database.service)
    for each in BATCHES[:HALF]:
        await handler.handle(each)
    aside = [f"alert-{customer}" for customer in await watched(pool, 3)]
    for stream in aside:
        await add(*where, stream, "to be looked at")
    await handler.reread_quarantine(range(PARTITIONS))
    before = (await said(pool)).facts
    await rest(handler)
    after = (await said(pool)).facts
    assert [after.get(stream) for stream in aside] == [before.get(stream) for stream in aside]
    assert sorted(await release(*where, reason="looked at")) == sorted(aside)
    await handler.reread_quarantine(range(PARTITIONS))
    assert follows(await said(pool)) > 50


async def test_when_few_in_a_hundred_fail_but_dozens_in_all_no_more_are_set_aside_and_they_are_named(
    handler: InsightHandler, insight: ServiceContext, bad: set[str]
) -> None:
    pool = insight.store.pool
    for each in BATCHES[: len(BATCHES) // 2]:
        await handler.handle(each)
    names = [row[0] for row in await pool.fetch("select customer from people order by 1")]
    bad.update(names[::4])

    async def goes_on() -> None:
        for each in BATCHES[len(BATCHES) // 2 :]:
            await handler.handle(each)

    with pytest.raises(StreamsFail, match=r"ZeroDivisionError for \d+ streams since the start"):
        await goes_on()
    aside = len(await quarantined(pool))
    assert aside <= MOST
    assert await pool.fetchval("select count(*)::int from suspects") > 0


async def test_when_many_cannot_be_judged_nobody_is_set_aside_and_it_is_said_with_the_way_out(
    insight: ServiceContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise TypeError("a release whose rules do not hold")

    pool, health = insight.store.pool, insight.health
    async with process(insight, set(range(PARTITIONS))) as handler:
        for each in BATCHES[:HALF]:
            await handler.handle(each)
        monkeypatch.setattr(judgement, "settled", broken)
        with pytest.raises(StreamsFail, match="run a release whose rules hold"):
            await handler.handle(await weeks_later(pool))
        assert await quarantined(pool) == {}
        async with asyncio.timeout(30):
            while "judging" not in health.wrong:
                await asyncio.sleep(0.05)
        _, wrong = health.ready(monotonic())
        assert "time is not judged (StreamsFail: " in wrong["judging"]
        assert "run a release whose rules hold" in wrong["judging"]
