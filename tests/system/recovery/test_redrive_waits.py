"""A letter that the release cannot take waits with its partition, is said, and holds no other partition."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.local.house.house import House
from deploy.provisioning.databases import Database
from deploy.recovery.dead_letters import sending
from deploy.recovery.dead_letters.letters import place as parsed
from deploy.recovery.dead_letters.refusing import refuse
from shared.consume.partitioner import partition_of
from shared.core.store import Changes, DeadLetter
from shared.service.redriver import BYTES_AT_ONCE, Redriver
from tests.system.consume.test_own_fault import UNKNOWN, Moods
from tests.system.database_faults import Trouble, missing_grant
from tests.system.recovery.test_redrive import ANY, MOMENT, counter, redriving, refused
from tests.system.reminder_service import PARTITIONS, Restaurant, hearing, until
from tests.system.requests import heard_once

THIRD = partition_of(b"guest-3", PARTITIONS)
BAD = {f"w{n}" for n in range(0, 99, 9)}
"""Of guests 0, 9, 18, 7, 16, 5, 14, 3, 12, 1 and 10."""


@pytest.fixture
def trouble(house: House, database: Database) -> Trouble:
    return Trouble(database, house.postgres.admin_url)


async def newer_fact(trouble: Trouble) -> None:
    """One in the stream of guest 3 that this release does not know."""
    await trouble.owner(
        "insert into facts (stream, version, id, type, partition, happened, recorded, body) values "
        f"('egg-guest-3', 1000, gen_random_uuid(), 'egg.boiled', {THIRD}, now(), now(), '{UNKNOWN.decode()}')"
    )


async def waiting(place: Restaurant) -> list[tuple[int, str]]:
    """Partition and place of the letters that were asked for and wait, in their order."""
    rows = await place.store.pool.fetch(
        "select topic, partition, offset_ from redrives where settled is null order by recorded, offset_"
    )
    return [(row[1], f"{row[0]}/{row[1]}@{row[2]}") for row in rows]


async def test_it_is_said_with_the_way_out_and_the_others_are_taken(
    place: Restaurant, trouble: Trouble
) -> None:
    moods = Moods(bad=set(BAD))
    await refused(place, moods, 11)
    moods.bad = set()
    await newer_fact(trouble)
    consumer = place.consumer(moods.handler(place))
    async with hearing(consumer), redriving(consumer, place.store) as redriver, counter(place) as at:
        await at.ask(await at.open_letters(ANY), MOMENT)
        await until(lambda: _one_waits(place, redriver))
        assert redriver.problem
        assert "a stream of category egg cannot be read by this release" in redriver.problem
        assert f"evergreen refuse {place.topic}/{THIRD}@" in redriver.problem
        await trouble.owner("delete from facts where type = 'egg.boiled'")
        await until(lambda: _none_waits(place, redriver))
    await heard_once(place, 100)
    assert len(await place.dead_letters()) == 11


async def test_it_can_be_given_up_and_what_was_asked_for_behind_it_goes_on(
    place: Restaurant, trouble: Trouble
) -> None:
    moods = Moods(bad=set(BAD) | {"w83"})
    await refused(place, moods, 12)
    moods.bad = set()
    await newer_fact(trouble)
    consumer = place.consumer(moods.handler(place))
    async with hearing(consumer), redriving(consumer, place.store) as redriver, counter(place) as at:
        await at.ask(await at.open_letters(ANY), MOMENT)
        given_up: set[str] = set()
        for _ in range(2):
            await until(lambda: _one_waits(place, redriver, given_up))
            [(_, first), *_] = await waiting(place)
            await refuse(parsed(first), place.settings.database)
            given_up.add(first)
        await until(lambda: _none_waits(place, redriver))
    assert len(await place.eggs()) == 99


async def test_what_the_database_refuses_to_all_is_said_too(place: Restaurant, trouble: Trouble) -> None:
    moods = Moods(bad=set(BAD))
    await refused(place, moods, 11)
    moods.bad = set()
    await missing_grant(trouble, True)
    consumer = place.consumer(moods.handler(place))
    async with hearing(consumer), redriving(consumer, place.store) as redriver, counter(place) as at:
        await at.ask(await at.open_letters(ANY), MOMENT)
        await until(lambda: _said(redriver, "InsufficientPrivilegeError"))
        assert len(await waiting(place)) == 11
        await missing_grant(trouble, False)
        await until(lambda: _none_waits(place, redriver))
    await heard_once(place, 100)


async def test_letters_are_asked_for_and_taken_by_their_bytes(place: Restaurant) -> None:
    large = [DeadLetter(place.topic, 2, n, b"soft", b"\0" * 2**20, [], "not JSON", MOMENT) for n in range(20)]
    await place.store.commit(Changes(dead_letters=large))
    async with counter(place) as at:
        fetched = Fetched(at.connections[place.store_name])
        one = sending.Databases({place.store_name: fetched}, at.read_by)
        assert await one.ask(await one.open_letters(ANY), datetime.now(UTC)) == 20
    assert sum(fetched.sizes) == 20 * 2**20
    assert max(fetched.sizes) <= BYTES_AT_ONCE + 2**20
    redriver = Redriver(place.consumer(), place.store)
    assert [record.offset for record in await redriver._page(2)] == [0, 1, 2, 3]


class Fetched:
    """A connection of which is noted how many bytes of letters each query brought."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.sizes = connection, list[int]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    async def fetch(self, statement: str, *arguments: Any) -> Any:
        rows = await self.connection.fetch(statement, *arguments)
        self.sizes.append(sum(len(row["body"] or b"") for row in rows if "body" in row))
        return rows


async def _one_waits(place: Restaurant, redriver: Redriver, besides: Collection[str] = ()) -> bool:
    """The first of those that wait is said to, and they are of its partition."""
    left = await waiting(place)
    if not left or left[0][1] in besides or {partition for partition, _ in left} != {THIRD}:
        return False
    return (redriver.problem or "").startswith(left[0][1])


async def _none_waits(place: Restaurant, redriver: Redriver) -> bool:
    return not await waiting(place) and redriver.problem is None


async def _said(redriver: Redriver, what: str) -> bool:
    return what in (redriver.problem or "")
