"""Processes of one service come and go under load, killed or told to end: nothing is lost or doubled."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from deploy.local.house.house import House
from deploy.provisioning import topics
from deploy.provisioning.databases import Database
from tests.system.reminder_service import PARTITIONS, ReminderService, until
from tests.system.requests import heard_once, requests
from tests.system.service.reminder_process import Process, process, spoken


async def ready(*processes: Process) -> bool:
    said = [await asyncio.to_thread(each.readiness) for each in processes]
    return all(each.get("ready") for each in said)


async def worked(each: Process, more_than: int) -> bool:
    numbers = await asyncio.to_thread(each.numbers)
    return numbers.get("evergreen_batch_records_count", 0) > more_than


class Customers:
    """Publish until told to stop; `sent` is how many requests."""

    def __init__(self, service: ReminderService) -> None:
        self.service, self.sent, self.go_on = service, 0, True

    async def run(self) -> None:
        while self.go_on:
            await self.service.publish(*requests(30, start=self.sent))
            self.sent += 30


@pytest.mark.timeout(150)
async def test_two_processes_join_and_leave_under_load(
    publishing_service: ReminderService, tmp_path: Path
) -> None:
    service = publishing_service
    customers = Customers(service)
    feeding = asyncio.create_task(customers.run())
    with (
        process(service.settings, tmp_path / "a.log") as first,
        process(service.settings, tmp_path / "b.log") as second,
    ):
        await until(lambda: ready(first, second), 40)
        for each in (first, second):
            await until(lambda each=each: worked(each, 3), 20)  # type: ignore[misc]
        first.signal(signal.SIGKILL)
        with process(service.settings, tmp_path / "c.log") as third:
            await until(lambda: ready(second, third), 40)
            await until(lambda: worked(third, 3), 20)
            assert await asyncio.to_thread(second.stop) < 10
            before = len(await service.facts())
            await until(lambda: taken(service, before + 200), 40)
            customers.go_on = False
            await feeding
            await until(lambda: taken(service, customers.sent), 40)
            assert (await asyncio.to_thread(third.readiness))["ready"]
    await heard_once(service, customers.sent)
    assert await service.dead_letters() == []


async def taken(service: ReminderService, count: int) -> bool:
    return len(await service.facts()) >= count


@pytest.fixture
async def publishing_service(service: ReminderService) -> ReminderService:
    """With a topic for what the service says."""
    said = topics.Topic(spoken(service.topic), PARTITIONS, retention_days=1)
    await topics.provide(service.settings.kafka, [said])
    return service


@pytest.mark.timeout(150)
async def test_a_service_ends_in_ten_seconds_whatever_does_not_answer(
    publishing_service: ReminderService, house: House, database: Database, tmp_path: Path
) -> None:
    broker = house.kafka.pid
    assert broker
    with deaf() as collector, process(publishing_service.settings, tmp_path / "a.log", collector) as only:
        await until(lambda: ready(only), 40)
        await publishing_service.publish(*requests(30))
        await until(lambda: taken(publishing_service, 30), 20)
        speaker, owner = [await asyncpg.connect(database.owner_url) for _ in range(2)]
        speaking, locking = speaker.transaction(), owner.transaction()
        await speaking.start()
        await speaker.execute(SAID)  # before the batch, which would hide it
        await locking.start()
        await owner.execute("lock table positions in share mode")
        await publishing_service.publish(*requests(30, start=30))
        await until(lambda: waits_for(owner), 20)
        os.kill(broker, signal.SIGSTOP)
        try:
            await speaking.commit()
            await asyncio.sleep(1)  # the relay looks every quarter of a second, and now waits for Kafka
            assert await asyncio.to_thread(only.stop) < 10
        finally:
            os.kill(broker, signal.SIGCONT)
            await locking.rollback()
            await asyncio.gather(speaker.close(), owner.close())
    assert only.running.returncode == 0, (tmp_path / "a.log").read_text()[-3000:]


@contextmanager
def deaf() -> Iterator[Mapping[str, str]]:
    """Where spans go: somebody who takes them and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        yield {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}", "EVERGREEN_INSTANCE": "only"}


SAID = (
    "insert into facts (stream, version, id, type, partition, happened, recorded, body) values "
    "('reminder-late', 1, gen_random_uuid(), 'reminder.set', 0, now(), now(), '{}')"
)


async def waits_for(owner: asyncpg.Connection) -> bool:
    return bool(await owner.fetchval("select count(*) from pg_locks where not granted"))
