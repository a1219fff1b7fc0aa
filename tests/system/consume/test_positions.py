"""A position and the log it counts in: where they disagree nothing is taken, and its owner says what next."""

import asyncpg
import pytest

from deploy.errors import Trouble
from deploy.provisioning.databases import Database
from deploy.recovery.positions import apply, moves, standings
from shared.consume.client.logs import Ids
from shared.consume.consumer import Consumer
from tests.system.consume.topics import delete, forget_records, make_again, problems, provide, says, shift
from tests.system.reminder_service import Restaurant, hearing, until
from tests.system.requests import all_taken, heard_once, wishes


async def facts(place: Restaurant) -> int:
    return len(await place.eggs())


async def hear(place: Restaurant, count: int) -> None:
    """Publish so many wishes and take them, then stop."""
    async with hearing(place.consumer()):
        await place.publish(*wishes(count))
        await all_taken(place, count)


async def accept(place: Restaurant, database: Database) -> None:
    found = await standings(place.settings.kafka, database.owner_url)
    await apply(database.owner_url, moves(found, place.topic))


async def test_a_topic_that_was_made_again_is_not_read_at_offsets_of_the_old_one(
    place: Restaurant, database: Database
) -> None:
    await hear(place, 120)
    await make_again(place)
    await place.publish(*wishes(120, start=120))
    async with hearing(place.consumer()) as consumer:
        await says(consumer, "position", "was deleted and made again")
        assert f"evergreen positions accept --service {place.topic}" in problems(consumer)["position"]
        assert consumer.assignment.lag(consumer.client) == {place.topic: 120}
        assert await facts(place) == 120
        await accept(place, database)
        await until(lambda: has(place, 240))
        assert not problems(consumer)
    await heard_once(place, 240)
    gaps = await place.store.pool.fetch("select reason from position_gaps")
    assert len(gaps) == 6
    assert "made again" in gaps[0]["reason"]


async def has(place: Restaurant, count: int) -> bool:
    return await facts(place) == count


async def test_a_topic_that_goes_and_comes_back_is_noticed_while_the_service_runs(
    place: Restaurant, database: Database
) -> None:
    async with hearing(place.consumer()) as consumer:
        await place.publish(*wishes(60))
        await all_taken(place, 60)
        await delete(place)
        await says(consumer, "position", f"topic {place.topic} is gone from Kafka", seconds=30)
        await provide(place)
        await place.publish(*wishes(200, start=60))
        await says(consumer, "position", "was deleted and made again", seconds=30)
        assert await facts(place) == 60
        await accept(place, database)
        await until(lambda: has(place, 260))
    await heard_once(place, 260)


async def test_a_topic_that_is_made_again_at_once_is_noticed_as_well(place: Restaurant) -> None:
    async with hearing(place.consumer()) as consumer:
        await place.publish(*wishes(60))
        await all_taken(place, 60)
        await make_again(place)
        await place.publish(*wishes(200, start=60))
        await says(consumer, "position", "was deleted and made again", seconds=30)
        assert await facts(place) == 60


async def test_whenever_kafka_tells_its_topics_anew_they_are_compared_with_those_examined(
    place: Restaurant,
) -> None:
    async with hearing(place.consumer()) as consumer:
        await place.publish(*wishes(60))
        await all_taken(place, 60)
        consumer.assignment._ids = Ids("another cluster", {})
        assert consumer.client is not None
        await consumer.client.refresh()
        await until(lambda: examined(consumer))
        await place.publish(*wishes(60, start=60))
        await all_taken(place, 120)
    await heard_once(place, 120)


async def examined(consumer: Consumer) -> bool:
    return consumer.assignment._ids.cluster != "another cluster"


async def test_records_that_expired_before_they_were_taken_are_not_passed_over(
    place: Restaurant, database: Database
) -> None:
    await hear(place, 60)
    await place.publish(*wishes(60, start=60))
    await forget_records(place)
    await place.publish(*wishes(60, start=120))
    async with hearing(place.consumer()) as consumer:
        await says(consumer, "position", "before they were taken")
        assert await facts(place) == 60
        await place.publish(*wishes(60, start=60))  # as it is told
        await accept(place, database)
        await until(lambda: has(place, 180))
    await heard_once(place, 180)


async def test_a_position_ahead_of_its_log_waits_for_nothing(place: Restaurant, database: Database) -> None:
    await hear(place, 60)
    await shift(database.owner_url, 1_000)
    await place.publish(*wishes(60, start=60))
    async with hearing(place.consumer()) as consumer:
        await says(consumer, "position", "it has lost records that were taken")
        await accept(place, database)
        await until(lambda: has(place, 120))
    await heard_once(place, 120)


async def test_a_service_that_comes_late_says_where_it_began_and_is_ready(place: Restaurant) -> None:
    await place.publish(*wishes(60))
    await forget_records(place)
    await place.publish(*wishes(30, start=60))
    async with hearing(place.consumer()) as consumer:
        await until(lambda: has(place, 30))
        assert not problems(consumer)
        told = {name: text for name, text, blocks in consumer.conditions(0.0) if text and not blocks}
        assert "when this service first came to it" in told["beginning"]
    gaps = await place.store.pool.fetch("select from_offset, to_offset from position_gaps")
    assert sum(row["to_offset"] - row["from_offset"] for row in gaps) == 60


async def test_a_fetch_out_of_range_is_looked_at_again_and_skips_nothing(place: Restaurant) -> None:
    async with hearing(place.consumer()) as consumer:
        await place.publish(*wishes(60))
        await all_taken(place, 60)
        assert consumer.client is not None
        for part in consumer.client.assignment():
            consumer.client.seek(part, 10_000)
        await place.publish(*wishes(60, start=60))
        await all_taken(place, 120)
        assert not problems(consumer)
    await heard_once(place, 120)


async def test_a_database_that_falls_back_while_the_service_runs_is_filled_again_from_there(
    place: Restaurant, database: Database
) -> None:
    async with hearing(place.consumer()):
        await place.publish(*wishes(60))
        await all_taken(place, 60)
        owner = await asyncpg.connect(database.owner_url)  # as when a standby takes over that was behind
        await owner.execute("truncate facts, inbox; update positions set next_offset = 0")
        await owner.close()
        await place.publish(*wishes(60, start=60))
        await all_taken(place, 120)
    await heard_once(place, 120)


async def test_nothing_is_accepted_where_all_agree_or_at_a_place_that_is_not_there(
    place: Restaurant, database: Database
) -> None:
    await hear(place, 60)
    found = await standings(place.settings.kafka, database.owner_url)
    with pytest.raises(Trouble, match="agrees with its log"):
        moves(found, place.topic)
    with pytest.raises(Trouble, match="no position on topic 'rumours'"):
        moves(found, "rumours")
    with pytest.raises(Trouble, match="reaches from 0 to"):
        moves(found, place.topic, 0, 1_000)
    [move] = moves(found, place.topic, 0, 1)
    await shift(database.owner_url, -1)
    with pytest.raises(Trouble, match="was moved meanwhile"):
        await apply(database.owner_url, [move])
