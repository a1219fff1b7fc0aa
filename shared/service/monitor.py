"""Watches a running service: health and metrics are measured here, beside the work, never on its path."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import asyncpg
from aiokafka.errors import KafkaError

from shared.consume.assignment import STANDBY
from shared.consume.client.polling import PollingClient
from shared.consume.client.polls import Polls
from shared.consume.consumer import Consumer
from shared.consume.hold import Hold
from shared.contracts.topics import PARTITIONS
from shared.core.store import NeedsRebase, TopicPartition
from shared.core.watermark import Clock
from shared.observe import metrics
from shared.observe.health import Health, serve_http
from shared.observe.logs import start_logging
from shared.observe.telemetry import start_telemetry
from shared.publish.hiding import Hiding
from shared.publish.relay import Relay
from shared.resilience.transient import is_outage
from shared.service.clocks import Holders, Unheard, Unvouched, crowded, set_aside, silent, states
from shared.service.database import tell_that_nothing_leaves
from shared.service.redriver import Redriver
from shared.settings import Settings
from shared.storage.postgres import PostgresStore
from shared.storage.schema_version import numbers, schema_problem
from shared.storage.sql import statements

log = logging.getLogger(__name__)
SQL = statements(Path(__file__).with_name("monitor.sql"))
NOT_READY, ATTENTION = "not_ready", "attention"
EVERY = 0.5
DATABASE_EVERY = 4
ANSWERS_IN = 2.0


class Monitor:
    """Beats from the start, in the task `running`; looks at the service once `begin` has named its parts."""

    def __init__(self, health: Health, schema: Mapping[str, int] | None = None) -> None:
        self.health = health
        self._schema = schema or {}  # read as it starts: the files may be of another release since
        self._holders, self._unheard, self._unvouched = Holders(), Unheard(), Unvouched()
        self._unread = Hold("the database's figures, and who a clock waits for, are older than they seem")
        self._hiding, self._polls = Hiding(), Polls()
        self._met: set[tuple[str, str]] = set()
        self.running: asyncio.Future[None]
        self._watching: tuple[Consumer, Relay, Redriver, asyncpg.Pool] | None = None

    def begin(self, consumer: Consumer, relay: Relay, redriver: Redriver, pool: asyncpg.Pool) -> None:
        self._watching = (consumer, relay, redriver, pool)

    async def run(self) -> None:
        """Until cancelled."""
        turn = 0
        while True:
            self.health.beat(monotonic())
            if self._watching is not None:
                consumer, relay, redriver, pool = self._watching
                self._look_at_consumer(consumer)
                self._look_at_relay(relay)
                self.health.condition("redrive", redriver.problem, monotonic(), blocks=False)
                if turn % DATABASE_EVERY == 0:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(_look_ahead(consumer), ANSWERS_IN)
                    await self._ask(pool)
            self._show_conditions(monotonic())
            turn += 1
            await asyncio.sleep(EVERY)

    def _show_conditions(self, now: float) -> None:
        """Each that was ever met keeps its series, so that its end is seen too."""
        _, wrong = self.health.ready(now)
        met = {NOT_READY: wrong.keys(), ATTENTION: self.health.attention(now).keys()}
        self._met |= {(name, kind) for kind, names in met.items() for name in names}
        for name, kind in self._met:
            metrics.CONDITION.labels(name, kind).set(name in met[kind])

    def _look_at_relay(self, relay: Relay) -> None:
        self.health.relay(relay.moved_at)
        self.health.condition("publishing", relay.problem, monotonic())
        metrics.RELAY_REFUSED.set(relay.problem is not None)

    def _look_at_consumer(self, consumer: Consumer) -> None:
        now = monotonic()
        client = consumer.client
        conditions = list(consumer.conditions(now))
        for name, problem, blocks in conditions:
            self.health.condition(name, problem, now, blocks=blocks)
        self.health.joined(consumer.assignment.places is not None, now)
        stands = any(problem for name, problem, blocks in conditions if blocks or name == STANDBY)
        polled = client is not None and self._polls.lately(_stamps(client, consumer.positions), now)
        if stands or consumer.at_work() or polled:
            self.health.polled(now)
        for topic, behind in consumer.assignment.lag(client).items():
            metrics.LAG_RECORDS.labels(topic).set(behind)

    async def _ask(self, pool: asyncpg.Pool) -> None:
        """Whether it answers is one question; a figure not read in time, or not at all, keeps its value."""
        try:
            await asyncio.wait_for(pool.fetchval("select 1"), ANSWERS_IN)
        except Exception as error:
            self.health.database(False, monotonic())
            log.info("the database does not answer: %s", error, exc_info=not is_outage(error))
            return
        self.health.database(True, monotonic())
        problem = None
        try:
            await asyncio.wait_for(self._read(pool), ANSWERS_IN)
        except NeedsRebase:
            tell_that_nothing_leaves()
        except Exception as error:
            said = f"the database's figures were not read: {type(error).__name__}: {error}"
            log.info("%s", said, exc_info=not is_outage(error))
            self._unread.failed(error, monotonic())
            told = self._unread.problem(monotonic())
            problem = told if is_outage(error) else f"{said}: they are older than they seem"
        else:
            self._unread.over()
        self.health.condition("figures", problem, monotonic(), blocks=False)

    async def _read(self, pool: asyncpg.Pool) -> None:
        self.health.condition("schema", await schema_problem(pool, self._schema), monotonic())
        ((depth, age),) = await pool.fetch(SQL["depth"])
        metrics.RELAY_DEPTH.set(depth)
        metrics.RELAY_AGE.set(age)
        holders = await pool.fetch(SQL["holder"]) if depth else []
        hidden = self._hiding.problem(next(map(dict, holders), None), monotonic())
        self.health.condition("held_back", hidden, monotonic(), blocks=False)
        self._look_at_clocks(await PostgresStore(pool).clocks(range(PARTITIONS)))
        quarantined = await pool.fetch(SQL["quarantined"])
        self.health.condition("quarantined", set_aside(map(tuple, quarantined)), monotonic(), blocks=False)
        metrics.QUARANTINED.set(sum(count for _, count, _ in quarantined))
        metrics.TIMER_BACKLOG.set(await pool.fetchval(SQL["backlog"]))

    def _look_at_clocks(self, clocks: Mapping[int, Clock]) -> None:
        now, today = monotonic(), datetime.now(UTC)
        awaits = self._watching[0].handler.awaits if self._watching else frozenset()
        unheard = self._unheard.problem(clocks, awaits, today), self._unvouched.problem(clocks, today)
        held = self._holders.held(clocks, today), *unheard
        gone = "; ".join(filter(None, [crowded(clocks), silent(clocks)])) or None
        self.health.condition("sources", gone, now, blocks=False)
        self.health.condition("clock", "; ".join(filter(None, held)) or None, now, blocks=False)
        for state, count in states(clocks).items():
            metrics.SOURCES.labels(state).set(count)
        for partition, clock in clocks.items():
            if clock.watermark is not None:
                age = datetime.now(UTC) - clock.watermark
                metrics.WATERMARK_AGE.labels(str(partition)).set(age.total_seconds())


async def _look_ahead(consumer: Consumer) -> None:
    if consumer.client and consumer.busy.locked():  # by a batch, which may be held for long
        with suppress(KafkaError, OSError):
            await consumer.assignment.ends.ask(consumer.client, list(consumer.positions))


def _stamps(client: PollingClient, owned: Iterable[TopicPartition]) -> dict[TopicPartition, int | None]:
    """When each partition of its own was last answered for, in milliseconds of the wall clock."""
    return {place: client.last_poll_timestamp(tp) for place, tp in client.own(owned).items()}


@asynccontextmanager
async def watch(settings: Settings) -> AsyncIterator[Monitor]:
    """Logs, traces, health and metrics, for as long as the service is open.

    Errors: what made the monitor end before its time, once the service is closed.
    """
    start_logging(settings.service)
    flush = start_telemetry(settings.service)
    health = Health(monotonic())
    monitor = Monitor(health, numbers(settings.service))
    async with serve_http(settings.http, health, monotonic):
        monitor.running = asyncio.ensure_future(monitor.run())
        try:
            yield monitor
        finally:
            monitor.running.cancel()
            await asyncio.to_thread(flush)
            with suppress(asyncio.CancelledError):
                await monitor.running
