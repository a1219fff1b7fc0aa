"""A stream that was released goes on once it has taken its own letters, whoever asked for them."""

from types import SimpleNamespace

import pytest

from deploy.local.house.house import House
from deploy.provisioning.databases import Database
from deploy.recovery.quarantine import add, aside, release
from shared.contracts.event import Event
from shared.contracts.topics import PARTITIONS
from shared.core.batch import Batch
from shared.core.quarantine import Quarantine, StreamsFail, named
from shared.core.store import Changes
from shared.service.suspects import naming_suspects
from shared.service.transactor import Transactor
from shared.storage.postgres import SQL, PostgresStore
from tests.shared.core.reminders import DECIDED, NOON, beat, heard, reminder, reminder_stage, requested
from tests.shared.core.test_quarantine import fire

pytestmark = pytest.mark.system
ASK = """
insert into redrives (topic, partition, offset_, attempt, key, body, headers, recorded, requested, stream)
select topic, partition, offset_, attempt, key, body, headers, recorded, $1, stream from dead_letters
"""

LOOKED_AT = """
select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables
where relname = 'dead_letters'
"""
"""Rows of them that this session has read and, after a transaction, not told the server of yet."""


async def put_aside(postgres: PostgresStore, **partitions: int) -> Transactor:
    aside = [
        Quarantine(reminder(name), partition, None, 0, "no channel left", NOON)
        for name, partition in partitions.items()
    ]
    await postgres.commit(Changes(quarantined=aside))
    return Transactor(reminder_stage(), DECIDED, postgres)


async def take(transactor: Transactor, batch: Batch) -> list[str]:
    """The reasons of those that became dead letters."""
    await transactor.transact(batch, NOON, lambda cause, _: cause)
    return [letter.reason for letter in batch.refused]


async def test_those_that_held_all_others_and_fail_still_when_released_hold_nobody_again(
    house: House, database: Database, postgres: PostgresStore
) -> None:
    where = (house.postgres.admin_url, database.service)
    names = [f"e{n}" for n in range(8)]

    async def new_process(offset: int, *said: Event) -> None:
        transactor = Transactor(reminder_stage(fire), DECIDED, postgres)
        async with naming_suspects(postgres.pool):
            await take(transactor, Batch(heard(*said, offset=offset)))

    await new_process(0, *(requested(name, name, minutes=13) for name in names))
    with pytest.raises(StreamsFail):
        await new_process(8, beat(60))
    for name in names:
        await add(*where, f"reminder-{name}", "it holds all others")
    await new_process(8, beat(60))
    await release(*where)
    await Transactor(reminder_stage(fire), DECIDED, postgres).reread_quarantine(range(PARTITIONS))
    assert await aside(*where) == []
    await new_process(9, beat(61))
    assert {each.reason for each in await aside(*where)} == {"ZeroDivisionError: no channel left"}
    assert await still_aside(house, database) == [f"reminder-{name}" for name in names]


async def still_aside(house: House, database: Database) -> list[str]:
    return [each.stream for each in await aside(house.postgres.admin_url, database.service)]


async def test_letters_that_an_operator_asked_for_before_come_before_what_is_new(
    house: House, database: Database, postgres: PostgresStore
) -> None:
    transactor = await put_aside(postgres, short=0)
    assert await take(transactor, Batch(heard(requested("w1", "short"))))
    await postgres.pool.execute(ASK, NOON)
    await release(house.postgres.admin_url, database.service, ["reminder-short"])
    assert await take(transactor, Batch(heard(requested("w2", "short"), offset=1)))
    assert await postgres.bodies([reminder("short")]) == {}
    for waits in (True, False):  # for the second, which came meanwhile
        await postgres.pool.execute("update redrives set settled = now()")  # as the redriver does
        assert await transactor.reread_quarantine([0]) is waits
    assert await still_aside(house, database) == []


async def test_a_stream_without_letters_does_not_wait_for_those_of_another_that_was_released_with_it(
    house: House, database: Database, postgres: PostgresStore
) -> None:
    transactor = await put_aside(postgres, short=0, other=1)
    assert await take(transactor, Batch(heard(requested("w1", "other"), partition=1)))
    await release(house.postgres.admin_url, database.service)
    assert await transactor.reread_quarantine([0, 1])
    assert await still_aside(house, database) == ["reminder-other"]


@pytest.mark.parametrize("name", ["я", "a is quarantined: b", "\N{SNAIL}" * 128])
async def test_letters_are_found_by_whatever_name_their_stream_has(
    name: str, house: House, database: Database, postgres: PostgresStore
) -> None:
    transactor = await put_aside(postgres, **{name: 0})
    record = SimpleNamespace(topic="requests", partition=0, offset=0, key=b"k", value=b"{}", headers=())
    assert await take(transactor, Batch([heard(requested("w1", name))[0]._replace(record=record)]))
    await release(house.postgres.admin_url, database.service)
    assert await transactor.reread_quarantine([0])
    assert await still_aside(house, database) == [f"reminder-{name}"]


async def test_many_letters_are_asked_for_some_at_a_time_and_the_stream_waits_for_all(
    house: House, database: Database, postgres: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.storage.postgres.ASKED_AT_ONCE", 2)
    transactor = await put_aside(postgres, short=0)
    await take(transactor, Batch(heard(*(requested(f"w{n}", "short") for n in range(5)))))
    await release(house.postgres.admin_url, database.service)
    asked = []
    while await transactor.reread_quarantine([0]):
        assert not await transactor.reread_quarantine([0])  # while it waits for these
        rows = await postgres.pool.fetch(
            "update redrives set settled = now() where settled is null returning offset_"
        )
        asked.append(sorted(row[0] for row in rows))
        assert await still_aside(house, database)
    assert asked == [[0, 1], [2, 3], [4]]
    assert await still_aside(house, database) == []


async def test_each_of_many_letters_is_looked_at_once_however_many_there_are(
    house: House, database: Database, postgres: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.storage.postgres.ASKED_AT_ONCE", 50)
    transactor = await put_aside(postgres, short=0)
    await take(transactor, Batch(heard(*(requested(f"w{n}", "short") for n in range(2_000)))))
    await release(house.postgres.admin_url, database.service, ["reminder-short"])
    for _ in range(10):
        assert await transactor.reread_quarantine([0])
        await postgres.pool.execute("update redrives set settled = now()")
    async with postgres.pool.acquire() as connection, connection.transaction():
        before = await connection.fetchval(LOOKED_AT)
        asked = await connection.fetch(SQL["ask_again"], ["reminder-short"], [named(reminder("short"))], 50)
        assert len(asked) == 50
        assert await connection.fetchval(LOOKED_AT) - before < 500
