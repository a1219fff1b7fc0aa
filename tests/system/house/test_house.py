"""The house itself, on its shared instance: what was acknowledged outlives any kill."""

import asyncio
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from deploy.errors import Trouble
from deploy.local.house.house import House
from tests.system.kafka import contents, publish

TOPIC = "dead-letters"


async def test_what_was_acknowledged_is_there_after_both_servers_were_killed(house: House) -> None:
    mark = uuid4().hex
    bodies = [f"{mark}-{number}".encode() for number in range(500)]
    await publish(house.kafka.bootstrap, TOPIC, bodies)
    insight = await asyncpg.connect(house.services["insight"].database_url)
    await insight.executemany("insert into inbox (key) values ($1)", [(uuid4().bytes,) for _ in range(200)])
    before = await insight.fetchval("select count(*) from inbox")
    for name in ("kafka", "postgres"):
        house.kill(name)
        assert house.running(name) is None
    assert insight.is_closed() or await went_away(insight)
    for name in ("kafka", "postgres"):
        house.restart(name)
    insight = await asyncpg.connect(house.services["insight"].database_url)
    assert await insight.fetchval("select count(*) from inbox") == before
    await insight.close()
    found = [
        body
        for body in await contents(house.kafka.bootstrap, TOPIC)
        if body and body.startswith(mark.encode())
    ]
    assert sorted(found) == sorted(bodies)


async def went_away(connection: asyncpg.Connection) -> bool:
    try:
        await asyncio.wait_for(connection.fetchval("select 1"), 5)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return True
    return False


async def test_a_service_may_add_facts_and_neither_change_nor_remove_them(house: House) -> None:
    for name, service in house.services.items():
        runtime = await asyncpg.connect(service.database_url)
        assert await runtime.fetchval("select current_user") == name
        assert await runtime.fetchval("select count(*) from facts") >= 0
        for forbidden in ("update facts set version = 2", "delete from facts", "drop table facts"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await runtime.execute(forbidden)
        await runtime.close()


async def test_a_service_can_not_enter_the_database_of_another(house: House) -> None:
    url = house.services["insight"].database_url.removesuffix("/insight") + "/retention"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(url)


async def test_a_wrong_password_is_refused(house: House) -> None:
    url = house.services["insight"].database_url.replace("insight:", "insight:wrong")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(url)


def test_opening_a_house_that_stands_leaves_it_as_it_is(house: House) -> None:
    again = House.open(house.directory, services=[])
    assert again == House.load(house.directory) == House.load(house.directory / "house.json")
    assert (again.kafka.pid, again.postgres.pid) == (house.kafka.pid, house.postgres.pid)


def test_what_holds_passwords_is_for_its_owner_alone(house: House) -> None:
    assert (house.directory / "house.json").stat().st_mode & 0o777 == 0o600
    assert Path(house.postgres.data or "").stat().st_mode & 0o777 == 0o700


def test_a_house_that_runs_is_not_forgotten(house: House) -> None:
    with pytest.raises(Trouble, match="still run: stop the house first"):
        house.forget()
    assert house.running("postgres")


def test_a_house_keeps_the_servers_that_its_data_are_on(house: House) -> None:
    with pytest.raises(Trouble, match=rf"on another Kafka \({house.kafka.bootstrap}\)"):
        House.open(house.directory, services=[], kafka="127.0.0.1:1")


def test_a_service_that_dies_as_it_starts_leaves_its_last_words(house: House) -> None:
    with pytest.raises(Trouble, match=r"acquisition ended while it started(.|\n)*ValueError.*many"):
        house.start_service("acquisition", {"EVERGREEN_BATCH": "many"})
    assert house.services["acquisition"].pid is None


def test_a_service_that_nobody_wrote_is_refused(house: House) -> None:
    with pytest.raises(Trouble, match="there is no service billing: there are acquisition"):
        house.start_service("billing")
