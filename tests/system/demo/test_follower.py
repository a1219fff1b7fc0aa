"""`examples/won_customers.py`, in a process of its own, on a running house; killed once it misses nothing."""

import asyncio
import signal
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, Process
from contextlib import closing
from pathlib import Path

import asyncpg
import orjson

from deploy.local.house.house import House
from deploy.local.house.record import FILE
from shared.contracts.conversion import CustomerWon
from tests.system.demo.runs.playing import Ended
from tests.system.demo.runs.rush import rush
from tests.system.demo.test_stop import is_up_to_date
from tests.system.reminder_service import until

MODULE = "examples.won_customers"
Won = list[tuple[str, int]]


async def follow(house: House, view: Path) -> Process:
    with (house.directory / FILE).open() as record:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", MODULE, str(view), stdin=record, stderr=DEVNULL
        )


def followed(view: Path) -> Won:
    """Customers and cents in the order in which they were heard."""
    if not view.exists():
        return []
    with closing(sqlite3.connect(view, timeout=10)) as connection:
        made = connection.execute("select count(*) from sqlite_master where name = 'won'").fetchone()[0]
        return connection.execute("select customer, cents from won order by rowid").fetchall() if made else []


async def decided(house: House) -> Won:
    """The same, as the service's log has it."""
    connection = await asyncpg.connect(house.services["conversion"].database_url)
    rows = await connection.fetch(
        "select body from facts where type = $1 order by xid, position", CustomerWon.type
    )
    await connection.close()
    events = [orjson.loads(row[0]) for row in rows]
    return [(event["subject"], event["data"]["amount"]) for event in events]


async def test_a_follower_of_thirty_lines_hears_each_new_customer_once_and_in_order(
    quiet_house: House, calm: Ended, tmp_path: Path
) -> None:
    view = tmp_path / "won.db"
    first = await follow(quiet_house, view)

    async def has(customers: int) -> bool:
        return len(followed(view)) >= customers

    await until(lambda: has(500), seconds=60)
    first.kill()
    await first.wait()
    second = await follow(quiet_house, view)
    async with rush(quiet_house):
        await until(lambda: has(calm.log.customers + 100), seconds=120)
    await until(lambda: is_up_to_date(quiet_house), seconds=120)
    expected = await decided(quiet_house)
    await until(lambda: has(len(expected)), seconds=60)
    assert followed(view) == expected
    second.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(second.wait(), 10) == -signal.SIGINT


def test_it_has_thirty_lines() -> None:
    lines = (Path(__file__).parents[3] / f"{MODULE.replace('.', '/')}.py").read_text().splitlines()
    assert len([line for line in lines if line]) <= 30
