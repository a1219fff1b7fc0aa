"""A position and the log it counts in: where they disagree nothing is taken, and its owner says what next."""

import asyncpg
import pytest

from deploy.errors import Trouble
from deploy.provisioning.databases import Database
from deploy.recovery.positions import apply, moves, standings
from shared.consume.client.logs import Ids
from shared.consume.consumer import Consumer
from tests.system.consume.topics import delete, forget_records, make_again, problems, provide, says, shift
from tests.system.reminder_service import ReminderService, hearing, until
from tests.system.requests import all_taken, all_told, heard_once, requests


async def facts(service: ReminderService) -> int:
    return len(await service.facts())


async def hear(service: ReminderService, count: int) -> None:
    """Publish so many requests and take them, then stop."""
    async with hearing(service.consumer()):
        await service.publish(*requests(count))
        await all_taken(service, count)


async def accept(service: ReminderService, database: Database) -> None:
    found = await standings(service.settings.kafka, database.owner_url)
    await apply(database.owner_url, moves(found, service.topic))


async def test_a_topic_that_was_made_again_is_not_read_at_offsets_of_the_old_one(
    service: ReminderService, database: Database
) -> None:
    await hear(service, 120)
    await make_again(service)
    await service.publish(*requests(120, start=120))
    async with hearing(service.consumer()) as consumer:
        await says(consumer, "position", "was deleted and made again")
        assert f"evergreen positions accept --service {service.topic}" in problems(consumer)["position"]
        assert consumer.assignment.lag(consumer.client) == {service.topic: 120}
        assert await facts(service) == 120
        await accept(service, database)
        await all_told(service, 240)
        assert not problems(consumer)
    await heard_once(service, 240)
    gaps = await service.store.pool.fetch("select reason from position_gaps")
    assert len(gaps) == 6
    assert "made again" in gaps[0]["reason"]


async def test_a_topic_that_goes_and_comes_back_is_noticed_while_the_service_runs(
    service: ReminderService, database: Database
) -> None:
    async with hearing(service.consumer()) as consumer:
        await service.publish(*requests(60))
        await all_taken(service, 60)
        await delete(service)
        await says(consumer, "position", f"topic {service.topic} is gone from Kafka", seconds=30)
        await provide(service)
        await service.publish(*requests(200, start=60))
        await says(consumer, "position", "was deleted and made again", seconds=30)
        assert await facts(service) == 60
        await accept(service, database)
        await all_told(service, 260)
    await heard_once(service, 260)


async def test_a_topic_that_is_made_again_at_once_is_noticed_as_well(service: ReminderService) -> None:
    async with hearing(service.consumer()) as consumer:
        await service.publish(*requests(60))
        await all_taken(service, 60)
        await make_again(service)
        await service.publish(*requests(200, start=60))
        await says(consumer, "position", "was deleted and made again", seconds=30)
        assert await facts(service) == 60


async def test_whenever_kafka_tells_its_topics_anew_they_are_compared_with_those_examined(
    service: ReminderService,
) -> None:
    async with hearing(service.consumer()) as consumer:
        await service.publish(*requests(60))
        await all_taken(service, 60)
        consumer.assignment._ids = Ids("another cluster", {}, {})
        assert consumer.client is not None
        await consumer.client.refresh()
        await until(lambda: examined(consumer))
        await service.publish(*requests(60, start=60))
        await all_taken(service, 120)
    await heard_once(service, 120)


async def examined(consumer: Consumer) -> bool:
    return consumer.assignment._ids.cluster != "another cluster"


async def test_records_that_expired_before_they_were_taken_are_not_passed_over(
    service: ReminderService, database: Database
) -> None:
    await hear(service, 60)
    await service.publish(*requests(60, start=60))
    await forget_records(service)
    await service.publish(*requests(60, start=120))
    async with hearing(service.consumer()) as consumer:
        await says(consumer, "position", "before they were taken")
        assert await facts(service) == 60
        await service.publish(*requests(60, start=60))  # as it is told
        await accept(service, database)
        await all_told(service, 180)
    await heard_once(service, 180)


async def test_a_position_ahead_of_its_log_waits_for_nothing(
    service: ReminderService, database: Database
) -> None:
    await hear(service, 60)
    await shift(database.owner_url, 1_000)
    await service.publish(*requests(60, start=60))
    async with hearing(service.consumer()) as consumer:
        await says(consumer, "position", "it has lost records that were taken")
        await accept(service, database)
        await all_told(service, 120)
    await heard_once(service, 120)


async def test_a_service_that_comes_late_says_where_it_began_and_is_ready(service: ReminderService) -> None:
    await service.publish(*requests(60))
    await forget_records(service)
    await service.publish(*requests(30, start=60))
    async with hearing(service.consumer()) as consumer:
        await all_told(service, 30)
        assert not problems(consumer)
        told = {name: text for name, text, blocks in consumer.conditions(0.0) if text and not blocks}
        assert "when this service first came to it" in told["beginning"]
    gaps = await service.store.pool.fetch("select from_offset, to_offset from position_gaps")
    assert sum(row["to_offset"] - row["from_offset"] for row in gaps) == 60


async def test_a_fetch_out_of_range_is_looked_at_again_and_skips_nothing(service: ReminderService) -> None:
    async with hearing(service.consumer()) as consumer:
        await service.publish(*requests(60))
        await all_taken(service, 60)
        assert consumer.client is not None
        for part in consumer.client.assignment():
            consumer.client.seek(part, 10_000)
        await service.publish(*requests(60, start=60))
        await all_taken(service, 120)
        assert not problems(consumer)
    await heard_once(service, 120)


async def test_a_database_that_falls_back_while_the_service_runs_is_filled_again_from_there(
    service: ReminderService, database: Database
) -> None:
    async with hearing(service.consumer()):
        await service.publish(*requests(60))
        await all_taken(service, 60)
        owner = await asyncpg.connect(database.owner_url)  # as when a standby takes over that was behind
        await owner.execute("truncate facts, inbox; update positions set next_offset = 0")
        await owner.close()
        await service.publish(*requests(60, start=60))
        await all_taken(service, 120)
    await heard_once(service, 120)


async def test_nothing_is_accepted_where_all_agree_or_at_a_place_that_is_not_there(
    service: ReminderService, database: Database
) -> None:
    await hear(service, 60)
    found = await standings(service.settings.kafka, database.owner_url)
    with pytest.raises(Trouble, match="agrees with its log"):
        moves(found, service.topic)
    with pytest.raises(Trouble, match="no position on topic 'notes'"):
        moves(found, "notes")
    with pytest.raises(Trouble, match="reaches from 0 to"):
        moves(found, service.topic, 0, 1_000)
    [move] = moves(found, service.topic, 0, 1)
    await shift(database.owner_url, -1)
    with pytest.raises(Trouble, match="was moved meanwhile"):
        await apply(database.owner_url, [move])
