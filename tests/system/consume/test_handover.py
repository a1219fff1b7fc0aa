"""How the consumer stops, gives its partitions away and takes them over."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from shared.consume.consumer import Consumer
from shared.core.batch import Batch
from shared.service.stage import StageHandler
from tests.system.reminder_service import ReminderService, hearing, until
from tests.system.requests import all_taken, heard_once, like, requests


async def test_a_stop_under_load_leaves_kafka_knowing_exactly_what_was_taken(
    service: ReminderService,
) -> None:
    await service.publish(*requests(2_000))
    consumer = service.consumer(batch=20)
    async with hearing(consumer):
        await all_taken(service, 100)
    taken = await service.taken()
    assert taken >= 100
    assert sum((await service.committed_offsets()).values()) == taken
    async with hearing(service.consumer()):
        await all_taken(service, 2_000)
    await heard_once(service, 2_000)


class Slow(StageHandler):
    """Holds every batch until it may go on; the hand-over happens meanwhile."""

    async def handle(self, batch: Batch) -> Counter[str]:
        await asyncio.sleep(0.05)
        return await super().handle(batch)


class InHand(Slow):
    batches = 0

    async def handle(self, batch: Batch) -> Counter[str]:
        self.batches += 1
        repeated = await super().handle(batch)
        self.batches -= 1
        return repeated


async def test_partitions_are_given_away_only_when_the_batch_in_hand_is_written(
    service: ReminderService,
) -> None:
    async def working() -> bool:
        return handler.batches > 0

    handler = InHand(service.handler.stage, service.handler.transactor.vocabulary, service.handler.context)
    await service.publish(*requests(500))
    async with hearing(service.consumer(handler, batch=10)) as consumer:
        await until(working)
        await consumer.on_partitions_revoked(set())
        assert not handler.batches
        assert not consumer.positions
        taken = await service.taken()
        assert taken > 0
    assert await service.taken() == taken


@pytest.mark.timeout(60)
async def test_from_one_consumer_to_two_and_back_nothing_is_lost_or_doubled(service: ReminderService) -> None:
    async def keep_publishing() -> None:
        while not full.done():
            start = sent["n"]
            await service.publish(*requests(10, start=start))
            sent["n"] += 10
            await asyncio.sleep(0.05)

    sent = {"n": 0}
    full: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    customers = asyncio.create_task(keep_publishing())
    async with hearing(service.consumer(like(service, Slow), instance="1", batch=30)) as first:
        await all_taken(service, 50)
        async with hearing(service.consumer(like(service, Slow), instance="2", batch=30)) as second:
            await until(lambda: shared_out(first, second))
            now = await service.taken()
            await all_taken(service, now + 100)
        await until(lambda: owns(first, 6))
        full.set_result(None)
        await customers
        await all_taken(service, sent["n"])
    await heard_once(service, sent["n"])
    assert await service.dead_letters() == []


async def shared_out(*consumers: Consumer) -> bool:
    return all([await owns(consumer, 3) for consumer in consumers])


async def owns(consumer: Consumer, partitions: int) -> bool:
    client: AIOKafkaConsumer | Any = consumer.client
    return client is not None and len(client.assignment()) == len(consumer.positions) == partitions
