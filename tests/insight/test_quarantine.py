"""A customer whose judgement raises is set aside: all others are judged; once released, nothing is lost."""

import asyncio
from time import monotonic

import asyncpg
import pytest

from deploy.local.house.house import House
from deploy.provisioning.databases import Database
from deploy.recovery.quarantine import add, release
from services.insight.app import InsightHandler
from shared.contracts.event import Event, encode
from shared.contracts.signals import SourceHeartbeat
from shared.core.batch import Batch, Heard
from shared.core.quarantine import MOST, StreamsFail
from shared.service.runtime import ServiceContext
from tests.insight.cdnow_records import PARTITIONS, WITHIN_THREE_DAYS, batch, batches, records
from tests.insight.test_judge import EIGHTH, follows
from tests.insight.test_two_judges import process
from tests.insight.verdicts import said

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
UNTIL = EIGHTH.end.date()
BATCHES = list(batches(records(EIGHTH, WITHIN_THREE_DAYS), 250))
HALF = len(BATCHES) // 2
SPOILT = "update buyers set last_day = null where first_day is not null and customer = any($1::text[])"
"""No judgement can be made of a silence that began and has no last day."""


async def quarantined(pool: asyncpg.Pool) -> dict[str, str]:
    return {row[0]: row[1] for row in await pool.fetch("select stream, reason from quarantined")}


async def rest(handler: InsightHandler) -> None:
    for each in BATCHES[HALF:]:
        await handler.handle(each)


async def watched(pool: asyncpg.Pool, most: int) -> list[str]:
    """Who has a timer ahead and buys again in the second half."""
    again = {heard.event.subject for each in BATCHES[HALF:] for heard in each.heard}
    rows = await pool.fetch(
        "select customer from buyers where first_day is not null and not raised order by 1"
    )
    return [row[0] for row in rows if row[0] in again][:most]


async def heard_with_two_spoilt(handler: InsightHandler, pool: asyncpg.Pool) -> list[str]:
    """Both halves; between them two customers become such as cannot be judged."""
    for each in BATCHES[:HALF]:
        await handler.handle(each)
    bad = await watched(pool, 2)
    await pool.execute(SPOILT, bad)
    await rest(handler)
    return bad


async def weeks_later(pool: asyncpg.Pool) -> Batch:
    """Nothing but time."""
    at = {row[0]: row[1] for row in await pool.fetch("select partition, next_offset from positions")}
    data = SourceHeartbeat(allowed_lateness_seconds=0)
    beats = [Event(f"beat-{p}", EIGHTH.source, "", EIGHTH.end, data) for p in sorted(at)]
    return batch(Heard("signals", p, at[p], beat, encode(beat)) for p, beat in enumerate(beats))


async def test_one_customer_who_cannot_be_judged_harms_nobody_and_loses_nothing(
    handler: InsightHandler, insight: ServiceContext, house: House, database: Database
) -> None:
    pool = insight.store.pool
    bad = await heard_with_two_spoilt(handler, pool)
    assert (await quarantined(pool)).keys() == {f"silence-{customer}" for customer in bad}
    assert all(reason.startswith("TypeError") for reason in (await quarantined(pool)).values())
    streams = [f"silence-{customer}" for customer in bad]
    assert not await pool.fetch("select from timers where stream = any($1)", streams)
    assert {row[0] for row in await pool.fetch("select through from judged")} == {UNTIL}
    heard = await said(pool)
    verdicts, expected = heard.verdicts(), heard.follows(UNTIL)
    assert {c for c in expected if verdicts[c] != expected[c]} <= set(bad)

    for stream in streams:
        assert await release(house.postgres.admin_url, database.service, [stream])
    await handler.reread_quarantine(range(PARTITIONS))
    assert await quarantined(pool) == {}
    assert follows(await said(pool), UNTIL) > 100


async def test_who_still_fails_when_released_is_set_aside_again_and_others_go_on(
    handler: InsightHandler, insight: ServiceContext, house: House, database: Database
) -> None:
    pool = insight.store.pool
    bad = await heard_with_two_spoilt(handler, pool)
    worse = f"silence-{bad[0]}"
    await pool.execute("insert into purchase_days values ($1, 'infinity')", bad[0])
    for customer in bad:
        await release(house.postgres.admin_url, database.service, [f"silence-{customer}"])
    await handler.reread_quarantine(range(PARTITIONS))
    assert (await quarantined(pool)).keys() == {worse}


async def test_who_was_set_aside_by_hand_is_not_judged_and_loses_nothing(
    handler: InsightHandler, insight: ServiceContext, house: House, database: Database
) -> None:
    pool, where = insight.store.pool, (house.postgres.admin_url, database.service)
    for each in BATCHES[:HALF]:
        await handler.handle(each)
    aside = [f"silence-{customer}" for customer in await watched(pool, 3)]
    for stream in aside:
        await add(*where, stream, "to be looked at")
    await handler.reread_quarantine(range(PARTITIONS))
    before = (await said(pool)).facts
    await rest(handler)
    after = (await said(pool)).facts
    assert [after.get(stream) for stream in aside] == [before.get(stream) for stream in aside]
    assert sorted(await release(*where, reason="looked at")) == sorted(aside)
    await handler.reread_quarantine(range(PARTITIONS))
    assert follows(await said(pool), UNTIL) > 100


async def test_when_few_in_a_hundred_fail_but_dozens_in_all_no_more_are_set_aside_and_they_are_named(
    handler: InsightHandler, insight: ServiceContext
) -> None:
    pool = insight.store.pool
    for each in BATCHES[:HALF]:
        await handler.handle(each)
    await pool.execute("update buyers set last_day = null where first_day is not null")
    with pytest.raises(StreamsFail, match="TypeError for 35 streams since the start"):
        await rest(handler)
    aside = len(await quarantined(pool))
    assert aside <= MOST
    assert await pool.fetchval("select count(*)::int from suspects") == 35 - aside


async def test_when_many_cannot_be_judged_nobody_is_set_aside_and_it_is_said_with_the_way_out(
    insight: ServiceContext,
) -> None:
    pool, health = insight.store.pool, insight.health
    async with process(insight, set(range(PARTITIONS))) as handler:
        for each in BATCHES[:HALF]:
            await handler.handle(each)
        await pool.execute("update buyers set first_day = '1997-01-01', last_day = null")
        with pytest.raises(StreamsFail, match="run a release whose rules hold"):
            await handler.handle(await weeks_later(pool))
        assert await quarantined(pool) == {}
        async with asyncio.timeout(30):
            while "judging" not in health.wrong:
                await asyncio.sleep(0.05)
        _, wrong = health.ready(monotonic())
        assert "time is not judged (StreamsFail: " in wrong["judging"]
        assert "run a release whose rules hold" in wrong["judging"]
