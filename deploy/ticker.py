"""The wall clock as a source: vouches for the time of sources that cannot send heartbeats of their own.

`python -m deploy.ticker` writes one heartbeat a second to every partition of `signals`, until SIGTERM: as the
second begins, so that a deadline on a full second (every morning is one) is met at once.
"""

import asyncio
import logging
import os
import signal
from datetime import UTC, datetime

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.contracts.event import STRUCTURED, Event, encode, iso
from shared.contracts.signals import SourceHeartbeat
from shared.kafka import kafka_client
from shared.observe.logs import start_logging

SOURCE = "/evergreen/ticker"
LEASE = 600
"""Seconds: it ticks each second. Where sources speak for themselves nobody waits for a dead ticker."""
TICKING = "the wall clock ticks"
log = logging.getLogger(__name__)


def tick(now: datetime, partition: int) -> Event:
    """One heartbeat for one partition."""
    data = SourceHeartbeat(lease_seconds=LEASE)
    return Event(f"{iso(now)}/{partition}", SOURCE, "", now, data)


def until_next(now: datetime) -> float:
    """Seconds until the next second begins."""
    return 1 - now.microsecond / 1_000_000


async def _tick_until(stop: asyncio.Event, kafka: str) -> None:
    producer = AIOKafkaProducer(**kafka_client(kafka), enable_idempotence=True, linger_ms=0)
    await producer.start()
    try:
        partitions, ticked = await producer.partitions_for("signals"), False
        while not stop.is_set():
            now = datetime.now(UTC)
            headers = [("content-type", STRUCTURED)]
            sends = [
                await producer.send("signals", encode(tick(now, p)), partition=p, headers=headers)
                for p in sorted(partitions)
            ]
            await asyncio.gather(*sends)
            if not ticked:
                log.info("%s on %d partitions", TICKING, len(sends))
                ticked = True
            await _wait(stop, until_next(datetime.now(UTC)))
    finally:
        await producer.stop()


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def main() -> None:
    """Tick for ever; a producer that fails is thrown away and built again."""
    start_logging("ticker")
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    kafka = os.environ["EVERGREEN_KAFKA"]
    while not stop.is_set():
        try:
            await _tick_until(stop, kafka)
        except (KafkaError, OSError) as error:
            log.warning("the ticker begins again: %s", error)
            await _wait(stop, 1.0)


if __name__ == "__main__":
    asyncio.run(main())
