"""Only what transactional producers committed is read, and nobody waits for what they took back."""

import asyncio
from time import monotonic

from aiokafka import AIOKafkaProducer

from deploy.events import topic
from deploy.recovery.positions import standings
from shared.consume.client.open_transactions import PATIENCE, behind
from shared.consume.consumer import Consumer
from shared.contracts.event import encode
from tests.shared.core.reminders import requested
from tests.system.consume.topics import transaction
from tests.system.reminder_service import ReminderService, hearing, until
from tests.system.requests import heard_once, requests


async def test_an_aborted_transaction_is_never_heard_and_leaves_no_lag(service: ReminderService) -> None:
    async def settled() -> bool:
        found = await standings(service.settings.kafka, service.settings.database)
        return bool(found) and all(each.behind == 0 for each in found)

    async with hearing(service.consumer()) as consumer:
        await transaction(service, *requests(40), commit=True)
        await transaction(service, *requests(40, start=40), commit=False)
        await transaction(service, *requests(40, start=80), commit=True)
        await transaction(service, *requests(40, start=120), commit=False)  # the end of the topic

        async def no_lag() -> bool:
            return len(await service.facts()) == 80 and not any(
                consumer.assignment.lag(consumer.client).values()
            )

        await until(no_lag)
        await until(settled)
    await heard_once(service, 80)
    heard = await service.store.pool.fetch("select key from facts")
    assert len(heard) == 80


async def test_an_open_transaction_holds_back_what_follows_it_and_no_longer(service: ReminderService) -> None:
    async with (
        hearing(service.consumer()) as consumer,
        AIOKafkaProducer(
            bootstrap_servers=service.settings.kafka, transactional_id=f"{service.topic}-slow"
        ) as slow,
    ):
        await slow.begin_transaction()
        await (
            await slow.send(service.topic, key=b"customer-1", value=encode(requested("slow", "customer-1")))
        )
        await service.publish(*(requested(f"fast{n}", "customer-1") for n in range(10)))
        await until(lambda: waits(consumer))
        assert await service.facts() == []
        assert not any(consumer.assignment.lag(consumer.client).values())
        assert problems(consumer, 0) == {}
        said = problems(consumer, PATIENCE)["transaction"]
        assert (
            "11 records from offset 0 on wait for a transaction that a producer has left open for 30 s"
            in said
        )
        await slow.commit_transaction()
        await until(lambda: has(service, 11))
        assert problems(consumer, 2 * PATIENCE) == {}
    await heard_once(service, 11)


def problems(consumer: Consumer, later: float) -> dict[str, str]:
    """What keeps it from taking records, as it would be told so many seconds from now on."""
    found = consumer.conditions(monotonic() + later)
    return {name: text for name, text, blocks in found if text and blocks}


async def waits(consumer: Consumer) -> bool:
    return bool(behind(consumer.client, consumer.positions))


async def has(service: ReminderService, count: int) -> bool:
    return len(await service.facts()) == count


async def test_who_reads_a_topic_whole_comes_to_its_end_without_what_was_aborted(
    service: ReminderService,
) -> None:
    await transaction(service, *requests(20), commit=True)
    await transaction(service, *requests(20, start=20), commit=False)
    async with asyncio.timeout(20):
        values = [record.value async for record in topic.whole(service.settings.kafka, service.topic)]
    assert sorted(values) == sorted(encode(event) for event in requests(20))
