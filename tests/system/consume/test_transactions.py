"""Only what transactional producers committed is read, and nobody waits for what they took back."""

import asyncio

from aiokafka import AIOKafkaProducer

from deploy.events import topic
from deploy.recovery.positions import standings
from shared.contracts.event import encode
from tests.shared.core.reminders import wanted
from tests.system.consume.topics import transaction
from tests.system.reminder_service import Restaurant, hearing, until
from tests.system.requests import heard_once, wishes


async def test_an_aborted_transaction_is_never_heard_and_leaves_no_lag(place: Restaurant) -> None:
    async def settled() -> bool:
        found = await standings(place.settings.kafka, place.settings.database)
        return bool(found) and all(each.behind == 0 for each in found)

    async with hearing(place.consumer()) as consumer:
        await transaction(place, *wishes(40), commit=True)
        await transaction(place, *wishes(40, start=40), commit=False)
        await transaction(place, *wishes(40, start=80), commit=True)
        await transaction(place, *wishes(40, start=120), commit=False)  # the end of the topic

        async def no_lag() -> bool:
            return len(await place.eggs()) == 80 and not any(
                consumer.assignment.lag(consumer.client).values()
            )

        await until(no_lag)
        await until(settled)
    await heard_once(place, 80)
    heard = await place.store.pool.fetch("select key from facts")
    assert len(heard) == 80


async def test_an_open_transaction_holds_back_what_follows_it_and_no_longer(place: Restaurant) -> None:
    async with (
        hearing(place.consumer()) as consumer,
        AIOKafkaProducer(
            bootstrap_servers=place.settings.kafka, transactional_id=f"{place.topic}-slow"
        ) as slow,
    ):
        await slow.begin_transaction()
        await (await slow.send(place.topic, key=b"guest-1", value=encode(wanted("slow", "guest-1"))))
        await place.publish(*(wanted(f"fast{n}", "guest-1") for n in range(10)))
        await asyncio.wait_for(until(lambda: positions(place)), 20)
        assert await place.eggs() == []
        assert not any(consumer.assignment.lag(consumer.client).values())
        await slow.commit_transaction()
        await until(lambda: has(place, 11))
    await heard_once(place, 11)


async def positions(place: Restaurant) -> bool:
    return bool(await place.store.pool.fetchval("select count(*) = 6 from positions"))


async def has(place: Restaurant, count: int) -> bool:
    return len(await place.eggs()) == count


async def test_who_reads_a_topic_whole_comes_to_its_end_without_what_was_aborted(place: Restaurant) -> None:
    await transaction(place, *wishes(20), commit=True)
    await transaction(place, *wishes(20, start=20), commit=False)
    async with asyncio.timeout(20):
        values = [record.value async for record in topic.whole(place.settings.kafka, place.topic)]
    assert sorted(values) == sorted(encode(event) for event in wishes(20))
