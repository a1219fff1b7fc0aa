"""A stream that was set aside on a real PostgreSQL: an operator sees it and lets it go on."""

import pytest

from deploy.errors import Trouble
from deploy.local.house.house import House
from deploy.provisioning.databases import Database
from deploy.recovery.quarantine import add, aside, release
from shared.contracts.topics import PARTITIONS
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

    assert await release(house.postgres.admin_url, database.service, ["reminder-bad"])
    mended = Transactor(reminder_stage(), DECIDED, postgres)
    await mended.reread_quarantine([0])
    assert not await release(house.postgres.admin_url, database.service, ["reminder-bad"])
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


async def test_a_stream_is_set_aside_by_hand_with_its_timer_and_many_are_released_at_once(
    house: House, database: Database, postgres: PostgresStore
) -> None:
    where = (house.postgres.admin_url, database.service)
    asked = [requested(f"w{n}", f"e{n}", minutes=14) for n in range(3)]
    transactor = Transactor(reminder_stage(), DECIDED, postgres)
    await transactor.transact(Batch(heard(*asked)), NOON, lambda cause, _: cause)
    assert await add(*where, "reminder-e0", "it nags") == 1
    assert await add(*where, "reminder-e1", "it drifts") == 1
    with pytest.raises(Trouble, match="no stream's name, such as lead-42"):
        await add(*where, "e0", "it nags")
    found = {each.stream: (each.at, each.reason) for each in await aside(*where)}
    assert found == {
        "reminder-e0": (minute(14), "by hand: it nags"),
        "reminder-e1": (minute(14), "by hand: it drifts"),
    }
    await transactor.reread_quarantine(range(PARTITIONS))
    again = Batch(heard(requested("again", "e0"), offset=3))
    await transactor.transact(again, NOON, lambda cause, _: cause)
    assert [letter.reason for letter in again.refused] == [
        "stream reminder-e0 is quarantined: by hand: it nags"
    ]

    assert await release(*where, reason="drifts") == ["reminder-e1"]
    assert sorted(await release(*where)) == ["reminder-e0", "reminder-e1"]
    assert await transactor.reread_quarantine(range(PARTITIONS))
    assert [each.stream for each in await aside(*where)] == ["reminder-e0"]
    assert len(await postgres.timers({n: minute(99) for n in range(PARTITIONS)}, 9)) == 2
    await postgres.pool.execute("update redrives set settled = now()")  # as the redriver does
    assert not await transactor.reread_quarantine(range(PARTITIONS))
    assert await aside(*where) == []
    assert len(await postgres.timers({n: minute(99) for n in range(PARTITIONS)}, 9)) == 3
