"""A stream that was set aside on a real PostgreSQL: an operator sees it and lets it go on."""

import pytest

from deploy.local.house.house import House
from deploy.provisioning.databases import Database
from deploy.recovery.quarantine import aside, release
from shared.core.batch import Batch
from shared.service.transactor import Transactor
from shared.storage.postgres import PostgresStore
from tests.shared.core.reminders import (
    DECIDED,
    NOON,
    beat,
    heard,
    minute,
    reminder,
    reminder_stage,
    requested,
)
from tests.shared.core.test_quarantine import fire

pytestmark = pytest.mark.system


async def test_a_stream_is_set_aside_listed_and_released_with_its_timer(
    house: House, database: Database, postgres: PostgresStore
) -> None:
    said = heard(requested("w0", "bad", minutes=13), requested("w1", "good"), beat(60))
    await Transactor(reminder_stage(fire), DECIDED, postgres).transact(
        Batch(said), NOON, lambda cause, _: cause
    )
    assert await postgres.quarantined([0, 1]) == {reminder("bad"): "ZeroDivisionError: no channel left"}
    [found] = await aside(house.postgres.admin_url, database.service)
    assert (found.stream, found.version, found.at) == ("reminder-bad", 1, minute(13))
    assert not await postgres.timers({0: minute(99)}, 10)

    assert await release(house.postgres.admin_url, database.service, "reminder-bad")
    mended = Transactor(reminder_stage(), DECIDED, postgres)
    await mended.reread_quarantine([0])
    assert not await release(house.postgres.admin_url, database.service, "reminder-bad")
    await mended.transact(Batch(heard(beat(61), offset=9)), NOON, lambda cause, _: cause)
    assert [
        body
        for body in (await postgres.bodies([reminder("bad")]))[reminder("bad")]
        if b"reminder.sent" in body
    ]
    assert not await postgres.quarantined([0])


async def test_a_stream_that_cannot_be_folded_keeps_the_timer_that_the_store_has(
    house: House, database: Database, postgres: PostgresStore
) -> None:
    owner = "insert into timers values ('reminder-odd', 0, $1)"
    await postgres.pool.execute(owner, minute(90))
    await Transactor(reminder_stage(), DECIDED, postgres).transact(
        Batch(heard(requested("w0", "odd", at=-1))), NOON, lambda cause, _: cause
    )
    await postgres.pool.execute("update timers set at = $1", minute(90))
    await postgres.pool.execute(
        "insert into facts (stream, version, id, type, partition, happened, recorded, body)"
        " values ('reminder-odd', 2, gen_random_uuid(), 'reminder.set', 0, now(), now(), $1)",
        b'{"type": "reminder.set", "data": {}}',
    )
    again = Batch(heard(requested("w1", "odd"), offset=7))
    await Transactor(reminder_stage(), DECIDED, postgres).transact(again, NOON, lambda cause, _: cause)
    [found] = await aside(house.postgres.admin_url, database.service)
    assert (found.version, found.at, len(again.refused)) == (2, minute(90), 1)
