"""What makes a relay stand still beside others: a transaction elsewhere, a leader that is not heard from."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from time import monotonic
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from deploy.local.house.house import House
from shared.core.store import Changes
from shared.observe.health import Health
from shared.publish import relay as relay_module
from shared.publish.relay import Relay
from shared.publish.sending import send
from shared.service.monitor import Monitor
from tests.system.publish.publishing import all_published, fact, published
from tests.system.publish.stalled_wire import stalling
from tests.system.reminder_service import ReminderService, relaying, until


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that a relay sends."""
    sent: list[str] = []
    connect: Callable[..., Any] = asyncpg.connect

    async def counting(*arguments: Any, **options: Any) -> Any:
        connection = await connect(*arguments, **options)
        connection.add_query_logger(lambda query: sent.append(query.query))
        return connection

    monkeypatch.setattr(asyncpg, "connect", counting)
    return sent


async def keep_waking(relay: Relay, seconds: float) -> None:
    """As a busy service does."""
    until_then = monotonic() + seconds
    while monotonic() < until_then:
        relay.wake()
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("hidden", [Changes(facts=[fact("reminder", 1)]), Changes(heartbeats={0: b"{}"})])
async def test_while_a_transaction_elsewhere_hides_the_log_it_is_asked_for_seldom_and_named(
    house: House, service: ReminderService, asked: list[str], hidden: Changes
) -> None:
    elsewhere = await asyncpg.connect(house.postgres.admin_url)
    health = Health(monotonic())
    monitor = Monitor(health)
    async with relaying(Relay(service.settings)) as relay:
        async with elsewhere.transaction():
            await elsewhere.execute("select pg_current_xact_id()")
            await service.store.commit(hidden)
            await keep_waking(relay, 1.0)
            before = len(asked)
            await keep_waking(relay, 2.0)
            assert len(asked) - before <= 2 * 2 / relay_module.IDLE
            assert await published(service) == []
            await until(lambda: told(monitor, service))
            said = health.attention(monotonic())["held_back"]
            assert f"process {await elsewhere.fetchval('select pg_backend_pid()')}" in said
            assert "database postgres" in said
        await all_published(service)
    await monitor._ask(service.store.pool)
    assert "held_back" not in health.attention(monotonic())
    await elsewhere.close()


async def told(monitor: Monitor, service: ReminderService) -> bool:
    await monitor._ask(service.store.pool)
    return "held_back" in monitor.health.attention(monotonic())


async def test_a_transaction_that_has_just_begun_is_not_accused_of_what_waits_long(
    house: House, service: ReminderService
) -> None:
    """Such as when Kafka refuses a fact: somebody is always writing somewhere on the server."""
    elsewhere = await asyncpg.connect(house.postgres.admin_url)
    monitor = Monitor(Health(monotonic()))
    for _ in range(2):
        async with elsewhere.transaction():
            await elsewhere.execute("select pg_current_xact_id()")
            await service.store.commit(Changes(facts=[fact(f"reminder-{uuid4()}", 1)]))
            assert not await told(monitor, service)
    await elsewhere.close()


@asynccontextmanager
async def silent_leader(service: ReminderService) -> AsyncIterator[asyncio.Event]:
    """A relay that leads, and what makes it silent."""
    async with (
        stalling(service.settings.database) as (silent, url),
        relaying(Relay(replace(service.settings, database=url))) as leader,
    ):
        await until(lambda: moved(leader))
        yield silent


async def test_a_standby_says_that_nothing_moves_while_a_silent_leader_holds_the_lock(
    service: ReminderService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(relay_module.SESSION, "idle_session_timeout", "0")  # the lock stays
    async with silent_leader(service) as silent, relaying(Relay(service.settings)) as standby:
        await until(lambda: moved(standby))
        silent.set()
        await service.store.commit(Changes(facts=[fact("reminder", 1)]))
        await until(lambda: still(standby, 4.0))
        assert await published(service) == []


async def test_a_silent_leader_loses_its_lock_and_another_goes_on(
    service: ReminderService, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert relay_module.SESSION["idle_session_timeout"] == "10000"
    monkeypatch.setitem(relay_module.SESSION, "idle_session_timeout", "3000")
    async with silent_leader(service) as silent, relaying(Relay(service.settings)):
        await service.store.commit(Changes(facts=[fact("reminder", 1)]))
        await all_published(service)
        silent.set()
        await service.store.commit(Changes(facts=[fact("reminder", 2)]))
        await all_published(service)
        assert await published(service) == ["reminder/1", "reminder/2"]


async def test_a_leader_that_waits_for_kafka_is_no_silent_one(
    service: ReminderService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(relay_module.SESSION, "idle_session_timeout", "1000")
    monkeypatch.setattr(relay_module, "ALIVE", 0.2)

    async def slowly(producer: Any, records: Any) -> Any:
        await asyncio.sleep(2.5)
        return await send(producer, records)

    monkeypatch.setattr(relay_module, "send", slowly)
    async with relaying(Relay(service.settings)):
        await service.store.commit(Changes(facts=[fact("reminder", 1)]))
        await all_published(service)
    assert await published(service) == ["reminder/1"]


async def moved(relay: Relay) -> bool:
    return relay.moved_at is not None


async def still(relay: Relay, seconds: float) -> bool:
    return monotonic() - (relay.moved_at or 0) > seconds


async def test_what_postgresql_refuses_is_said(service: ReminderService, house: House) -> None:
    admin = await asyncpg.connect(f"{house.postgres.admin_url.rpartition('/')[0]}/{service.topic}")
    await admin.execute(f'revoke select on outbox from "{service.topic}"')
    async with relaying(Relay(service.settings)) as relay:
        await until(lambda: problem(relay, "InsufficientPrivilegeError: permission denied for view outbox"))
        await admin.execute(f'grant select on outbox to "{service.topic}"')
        await service.store.commit(Changes(facts=[fact("reminder", 1)]))
        await all_published(service)
        assert relay.problem is None
    await admin.close()


async def problem(relay: Relay, words: str) -> bool:
    return words in (relay.problem or "")
