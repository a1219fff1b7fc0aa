"""A database of the release that had one rule is brought up: whoever is there is judged anew by all rules."""

from collections.abc import Sequence
from datetime import date
from uuid import uuid4

import asyncpg
import pytest

from deploy.local.house.house import House
from deploy.provisioning import databases, migrations
from deploy.provisioning.databases import Database
from deploy.recovery.quarantine import release
from services.insight.judging.judgement import REBUILT
from shared.consume.partitioner import partition_of
from shared.contracts.event import Event, encode
from shared.contracts.fact import Fact
from shared.contracts.insight import INSIGHT, ChurnRiskRaised, ChurnRiskWithdrawn
from shared.contracts.policies import SilenceCalendarOpened
from shared.contracts.reading import recall
from shared.contracts.signals import PaymentFailed, SourceHeartbeat
from shared.core.batch import Heard
from shared.storage.schema_version import components
from tests.example_facts import paid, raised
from tests.insight.cdnow_records import PARTITIONS, batch
from tests.insight.conftest import context, holder
from tests.insight.judging.verdicts import said
from tests.scenario import day

pytestmark = [pytest.mark.system, pytest.mark.timeout(60)]
FORMER = 5
"""Migrations of insight while there was one rule."""
ANNA, BEN, CLEO = "anna", "ben", "cleo"


@pytest.fixture
async def former(house: House, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database as that release left it, judged up to the 70th day, in the tenth week."""
    [made] = databases.databases(house.postgres.admin_url, [f"reminders_{uuid4().hex[:8]}"])
    await databases.provide(house.postgres.admin_url, [made])
    owner = await asyncpg.connect(made.owner_url)
    steps = components("insight")
    with monkeypatch.context() as patched:
        before = {**steps, "insight": steps["insight"][:FORMER]}
        patched.setattr(migrations, "components", lambda _: before)
        await migrations.migrate(owner, "insight", f'"{made.service}"')
    for partition in range(PARTITIONS):
        await owner.execute("insert into judged values ($1, $2, 10)", partition, day(70).date())
    await tell(owner, "model-silence", 1, "", SilenceCalendarOpened(origin=day(0)), 0)
    for customer in (ANNA, BEN, CLEO):
        await hear(owner, customer, paid(), 0)
        await tell(owner, f"silence-{customer}", 1, customer, raised(f"old-{customer}"), 60)
        await buyer(owner, customer, f"old-{customer}")
    await hear(owner, BEN, PaymentFailed(invoice="i1"), 30)
    for customer in (ANNA, BEN):
        timer = (f"silence-{customer}", at(customer), day(72))
        await owner.execute("insert into timers (stream, partition, at) values ($1, $2, $3)", *timer)
    await owner.execute(
        "insert into quarantined values ('silence-cleo', $1, null, 1, 'ZeroDivisionError', $2)",
        at(CLEO), day(65),
    )  # fmt: skip
    await owner.close()
    return made


def at(customer: str) -> int:
    return partition_of(customer.encode(), PARTITIONS)


async def hear(owner: asyncpg.Connection, customer: str, fact: Fact, on: float) -> None:
    event = Event(f"{customer}@{on}", "/shop", customer, day(on), fact)
    await owner.execute(
        "insert into timeline"
        " (customer, key, happened, known, recorded, topic, type, id, partition, body, offset_)"
        " values ($1, $2, $3, null, $3, 'signals', $4, $5, $6, $7, 0)",
        customer, event.key, event.time, fact.type, event.id, at(customer), encode(event),
    )  # fmt: skip
    await owner.execute(
        "insert into journeys (customer, partition, first_seen, last_seen, purchases)"
        " values ($1, $2, $3, $3, 1) on conflict (customer) do nothing",
        customer, at(customer), event.time,
    )  # fmt: skip


async def buyer(owner: asyncpg.Connection, customer: str, alert: str) -> None:
    first: date = day(0).date()
    await owner.execute("insert into purchase_days values ($1, $2, null)", customer, first)
    await owner.execute(
        "insert into buyers values ($1, $2, $3, $3, 0, true, $4, '{}', 1)",
        customer, at(customer), first, alert,
    )  # fmt: skip


async def tell(
    owner: asyncpg.Connection, stream: str, version: int, subject: str, fact: Fact, on: float
) -> None:
    number = uuid4()
    event = Event(str(number), "/evergreen/insight", subject, day(on), fact, day(on), stream_version=version)
    await owner.execute(
        "insert into facts (stream, version, id, type, partition, key, happened, recorded, body)"
        " values ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
        stream, version, number, fact.type, at(subject), subject or None, day(on), encode(event),
    )  # fmt: skip


async def upgraded(former: Database) -> None:
    owner = await asyncpg.connect(former.owner_url)
    await migrations.migrate(owner, "insight", f'"{former.service}"')
    await owner.close()


async def test_everybody_has_a_row_that_no_rule_has_kept_and_timers_and_who_is_set_aside_are_found_again(
    former: Database,
) -> None:
    await upgraded(former)
    async with asyncpg.create_pool(former.url) as pool:
        people = await pool.fetch("select customer, partition, shape, version from people order by 1")
        assert [tuple(row) for row in people] == [(name, at(name), "", 0) for name in (ANNA, BEN, CLEO)]
        timers = await pool.fetch("select stream, at from timers order by 1")
        assert [tuple(row) for row in timers] == [("alert-anna", day(72)), ("alert-ben", day(72))]
        assert await pool.fetchval("select stream from quarantined") == "alert-cleo"
        frontiers = await pool.fetch("select partition, through, week from frontiers order by 1")
        assert [tuple(row) for row in frontiers] == [(p, day(70), 10) for p in range(PARTITIONS)]


def beats(on: float, offset: int) -> Sequence[Heard]:
    data = SourceHeartbeat(allowed_lateness_seconds=0)
    events = [Event(f"{on}/{p}", "/shop", "", day(on), data) for p in range(PARTITIONS)]
    return [Heard("signals", p, offset, event, encode(event)) for p, event in enumerate(events)]


async def told(pool: asyncpg.Pool, customer: str) -> list[Event]:
    rows = await pool.fetch("select body from facts where stream = $1 order by version", f"alert-{customer}")
    return [recall(row[0], INSIGHT) for row in rows]


async def test_as_the_clock_moves_on_an_old_alert_is_withdrawn_and_what_follows_now_is_told_anew(
    former: Database, house: House
) -> None:
    await upgraded(former)
    async with asyncpg.create_pool(former.url) as pool:
        handler = holder(await context(former, pool), range(PARTITIONS))
        await handler.handle(batch(beats(78, 0)))
        [withdrawn] = await told(pool, ANNA)
        assert isinstance(withdrawn.data, ChurnRiskWithdrawn)
        assert (withdrawn.data.alert_id, withdrawn.data.reason) == ("old-anna", REBUILT)

        gone, anew, *_ = await told(pool, BEN)
        assert isinstance(gone.data, ChurnRiskWithdrawn)
        assert gone.data.alert_id == "old-ben"
        assert isinstance(anew.data, ChurnRiskRaised)
        assert (anew.data.rule, anew.time) == ("payment_failing", day(31))

        assert await told(pool, CLEO) == []
        await release(house.postgres.admin_url, former.service, ["alert-cleo"])
        await handler.reread_quarantine(range(PARTITIONS))
        [late] = await told(pool, CLEO)
        assert isinstance(late.data, ChurnRiskWithdrawn)

        heard = await said(pool)
        assert heard.left() == heard.follows()
        before = await pool.fetchval("select count(*) from facts where stream like 'alert-%'")
        handler.forget()
        await handler.handle(batch(beats(79, 1)))
        assert await pool.fetchval("select count(*) from facts where stream like 'alert-%'") == before
