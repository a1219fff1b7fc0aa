"""What a service opens and closes, in order: database, consumer, relay; it waits for what is away.

On SIGTERM it finishes the batch in hand, publishes what it decided, and ends within ten seconds.
"""

import asyncio
import gc
import logging
import signal
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import uvloop

from shared.consume.admission import AdmissionPolicy
from shared.consume.consumer import Consumer
from shared.consume.partitioner import partition_of
from shared.contracts.fact import Vocabulary
from shared.contracts.topics import PARTITIONS
from shared.core.handler import Handler
from shared.observe.health import Health
from shared.publish.relay import Relay
from shared.resilience.retry import retry
from shared.service.database import open_database
from shared.service.inbox_pruning import keep_pruning
from shared.service.monitor import watch
from shared.service.redriver import Redriver
from shared.settings import Settings, read_settings
from shared.storage.postgres import PostgresStore

log = logging.getLogger(__name__)
STOP_IN, PUBLISH_IN, END_IN = 5.0, 1.0, 1.5
"""Seconds; the last spans have two more."""


@dataclass(frozen=True, slots=True)
class ServiceContext:
    """What a service's handler stands on."""

    settings: Settings
    store: PostgresStore
    relay: Relay
    health: Health


@dataclass(frozen=True, slots=True)
class Service:
    """A service's table of contents: whom it hears, what it does with it, whose dead letters it keeps."""

    name: str
    hears: Mapping[str, Vocabulary]
    handler: Callable[[ServiceContext], Handler]
    dead_letters_for: frozenset[str] = frozenset()
    external: frozenset[str] = frozenset({"signals"})


def run(service: Service) -> None:
    """Run until SIGTERM or SIGINT.

    A batch makes some fifty thousand objects and drops them all: looking for cycles among them every seven
    hundred, and through all that was imported, took a quarter of a service's time.
    """
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    uvloop.run(_serve(service, read_settings(service.name)))


async def _serve(service: Service, settings: Settings) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with watch(settings) as monitor:
        opening = asyncio.create_task(_open(service, settings, monitor.health))
        await _first(stop, opening, monitor.running)
        if not opening.done():
            opening.cancel()
            return
        context, consumer = opening.result()
        redriver = Redriver(consumer, context.store)
        monitor.begin(consumer, context.relay, redriver, context.store.pool)
        working = asyncio.gather(
            context.relay.run(),
            retry(consumer.start, "waiting for Kafka"),
            keep_pruning(context.store.pool),
            redriver.run(),
        )
        await _first(stop, working, monitor.running)
        await _close(consumer, context, working)


async def _first(stop: asyncio.Event, *tasks: asyncio.Future[Any]) -> None:
    """Returns when one of them ends, or it is told to stop."""
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((*tasks, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()


async def _open(service: Service, settings: Settings, health: Health) -> tuple[ServiceContext, Consumer]:
    pool = await retry(lambda: open_database(settings, health), "waiting for PostgreSQL")
    context = ServiceContext(settings, PostgresStore(pool), Relay(settings), health)
    policy = AdmissionPolicy(
        service.hears, service.dead_letters_for, service.external, lambda key: partition_of(key, PARTITIONS)
    )
    return context, Consumer(settings, policy, context.store, service.handler(context))


async def _close(consumer: Consumer, context: ServiceContext, working: asyncio.Future[Any]) -> None:
    await _at_most(STOP_IN, consumer.stop())
    await _at_most(PUBLISH_IN, _published(context))
    working.cancel()
    context.store.pool.terminate()
    await asyncio.wait({working}, timeout=END_IN)
    if working.done():
        with suppress(asyncio.CancelledError):
            working.result()  # what made it end, if anything, is raised here


async def _at_most(seconds: float, doing: Coroutine[Any, Any, None]) -> None:
    """What is not done by then is given up: somebody who takes over, or the next start, does it."""
    task = asyncio.ensure_future(doing)
    await asyncio.wait({task}, timeout=seconds)
    if not task.done():
        task.cancel()
    elif error := task.exception():
        log.warning("given up while closing: %s: %s", type(error).__name__, error)


async def _published(context: ServiceContext) -> None:
    context.relay.wake()
    while await context.store.pool.fetchval("select exists (select from unpublished)"):
        await asyncio.sleep(0.02)
