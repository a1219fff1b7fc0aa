"""What the consumer does about poison, outages and lost replies: it skips nothing."""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from aiokafka.errors import KafkaError

from deploy.provisioning.databases import Database
from shared.core.batch import Batch
from shared.service.redriver import Redriver
from shared.service.stage import StageHandler
from tests.system.consume.topics import problems, says
from tests.system.cut_wire import Wire
from tests.system.reminder_service import ReminderService, hearing, until
from tests.system.requests import all_taken, heard_once, like, requests


class LosesTheReply(StageHandler):
    """Every other batch is written, and then the connection breaks before anybody knows."""

    turn = 0

    async def handle(self, batch: Batch) -> Counter[str]:
        repeated = await super().handle(batch)
        self.turn += 1
        if self.turn % 2:
            raise ConnectionError("the reply to COMMIT was lost")
        return repeated


async def test_a_batch_whose_reply_was_lost_is_not_applied_again(service: ReminderService) -> None:
    async with hearing(service.consumer(like(service, LosesTheReply), batch=40)):
        await service.publish(*requests(400))
        await all_taken(service, 400)
    await heard_once(service, 400)
    assert await service.dead_letters() == []


class Chokes(StageHandler):
    """On one customer's request, always."""

    async def handle(self, batch: Batch) -> Counter[str]:
        if any(heard.event.id in {"w7", "w222", "w223"} for heard in batch.heard):
            raise ZeroDivisionError("no \0 channel \ud800 left")
        return await super().handle(batch)


async def test_poison_is_found_and_parked_and_all_others_are_applied(service: ReminderService) -> None:
    async with hearing(service.consumer(like(service, Chokes))):
        await service.publish(*requests(300))
        await all_taken(service, 300)
    await heard_once(service, 297)
    assert await service.dead_letters() == ["ZeroDivisionError: no  channel \\ud800 left"] * 3
    bodies = await service.store.pool.fetch("select body from dead_letters")
    assert all(b'"reminder.requested"' in row["body"] for row in bodies)


class ChokesEvenOnParking(Chokes):
    """Three times."""

    tries = 0

    async def handle(self, batch: Batch) -> Counter[str]:
        self.tries += bool(batch.dead_letters)
        if batch.dead_letters and self.tries <= 3:
            raise ValueError("this row cannot be written")
        return await super().handle(batch)


async def test_what_cannot_even_be_parked_is_not_skipped(service: ReminderService) -> None:
    await service.publish(*requests(20))
    async with hearing(service.consumer(like(service, ChokesEvenOnParking), batch=5)):
        await all_taken(service, 20)
    await heard_once(service, 19)
    assert len(await service.dead_letters()) == 1


async def test_what_nobody_can_read_is_parked_and_stops_nothing(service: ReminderService) -> None:
    bad: list[tuple[bytes | None, bytes | None]] = [
        (b"x", None), (b"x", b"\xff"), (b"x", b"{}"), (b"x", b"[1]"), (None, b"x"),
    ]  # fmt: skip
    async with hearing(service.consumer()):
        await service.publish(*requests(50))
        await service.send(*bad)
        await service.publish(*requests(50, start=50))
        await all_taken(service, 105)
    await heard_once(service, 100)
    assert len(await service.dead_letters()) == 5


class Stumbles(StageHandler):
    """What it takes to judge is away for the first four tries; to keep a dead letter would work."""

    tries = 0

    async def handle(self, batch: Batch) -> Counter[str]:
        self.tries += 1
        if self.tries <= 4 and batch.heard:
            raise ConnectionError("the database is away")
        return await super().handle(batch)


async def test_an_outage_parks_nothing(service: ReminderService) -> None:
    await service.publish(*requests(1))
    async with hearing(service.consumer(like(service, Stumbles))):
        await all_taken(service, 1)
    await heard_once(service, 1)
    assert await service.dead_letters() == []


async def test_who_comes_before_kafka_hears_all_once_it_is_there(service: ReminderService) -> None:
    await service.publish(*requests(20))
    async with closed_door(service.settings.kafka) as (address, opened):
        consumer = service.consumer(kafka=address)
        for _ in range(3):
            with pytest.raises(KafkaError):
                await consumer.start()
        tasks = len(asyncio.all_tasks())
        with pytest.raises(KafkaError):
            await consumer.start()
        assert len(asyncio.all_tasks()) <= tasks  # a failed start leaves nothing running
        await opened()
        async with hearing(consumer):
            await all_taken(service, 20)
    await heard_once(service, 20)


@asynccontextmanager
async def closed_door(kafka: str) -> AsyncIterator[tuple[str, Callable[[], Awaitable[None]]]]:
    """An address at which nobody answers until it is opened; then Kafka does."""
    host, _, port = kafka.rpartition(":")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address: int = taken.getsockname()[1]
    doors: list[asyncio.Server] = []

    async def opened() -> None:
        wire = Wire((host, int(port)), "before the commit", 0, 0)
        doors.append(await asyncio.start_server(wire.connect, "127.0.0.1", address))

    yield f"127.0.0.1:{address}", opened
    for each in doors:
        each.close()


async def test_a_batch_in_hand_that_does_not_go_on_is_said_while_it_stands(
    service: ReminderService, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.consume.hold.SILENT", 1.0)
    owner = await asyncpg.connect(database.owner_url)
    async with hearing(service.consumer()) as consumer:
        async with owner.transaction():
            await owner.execute("lock table inbox in access exclusive mode")
            await service.publish(*requests(10))
            await says(consumer, "held", "PostgreSQL has not answered for")
        await all_taken(service, 10)
        assert not problems(consumer)
    await owner.close()
    await heard_once(service, 10)


async def test_who_has_his_turn_between_two_batches_and_does_not_go_on_is_said_too(
    service: ReminderService, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.consume.hold.SILENT", 1.0)
    owner = await asyncpg.connect(database.owner_url)
    async with hearing(service.consumer()) as consumer:
        await service.publish(*requests(10))
        await all_taken(service, 10)
        async with owner.transaction():
            await owner.execute("lock table quarantined in access exclusive mode")
            turn = asyncio.create_task(Redriver(consumer, service.store).turn())
            await until(lambda: waits_for_a_lock(owner))
            await service.publish(*requests(10, start=10))
            await says(consumer, "held", "PostgreSQL has not answered for")
        await turn
        await all_taken(service, 20)
        assert not problems(consumer)
    await owner.close()
    await heard_once(service, 20)


async def waits_for_a_lock(owner: Any) -> bool:
    return bool(await owner.fetchval("select exists (select from pg_locks where not granted)"))
