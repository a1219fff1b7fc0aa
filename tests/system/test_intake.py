"""The intake on real servers: every record taken once, whatever fails between."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from shared.batch import Batch
from shared.contracts.event import Event
from shared.intake import Intake
from shared.stage import StageWork
from tests.shared.kitchen import wanted
from tests.system.restaurant import Restaurant, hearing, until


def wishes(count: int, start: int = 0) -> list[Event]:
    """Of twenty guests, each with an id of its own."""
    return [wanted(f"w{n}", f"guest-{n % 20}") for n in range(start, start + count)]


async def all_taken(place: Restaurant, count: int) -> None:
    async def done() -> bool:
        return await place.taken() >= count

    await until(done, seconds=30)


async def heard_once(place: Restaurant, count: int) -> None:
    """One fact for each wish, versions without a gap."""
    eggs = await place.eggs()
    assert len(eggs) == len(set(eggs)) == count
    last = Counter(stream for stream, _ in eggs)
    assert {stream: max(v for s, v in eggs if s == stream) for stream in last} == last


def like(place: Restaurant, work: type[StageWork]) -> StageWork:
    made = place.work
    return work(made.stage, made.transactor.vocabulary, made.ground)


async def test_what_is_published_is_taken_once(place: Restaurant) -> None:
    async with hearing(place.intake()):
        await place.publish(*wishes(500))
        await all_taken(place, 500)
    await heard_once(place, 500)
    assert await place.parked() == []


async def test_what_its_sender_publishes_again_is_not_heard_again(place: Restaurant) -> None:
    async with hearing(place.intake()):
        await place.publish(*wishes(100))
        await place.publish(*wishes(100))
        await all_taken(place, 200)
    await heard_once(place, 100)


async def test_a_crash_before_kafka_knows_applies_nothing_twice(
    place: Restaurant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as unhinted:
        unhinted.setattr(Intake, "_hint", nothing_said)
        async with hearing(place.intake()):
            await place.publish(*wishes(300))
            await all_taken(place, 300)
    assert set((await place.hinted()).values()) == {0}
    async with hearing(place.intake()):
        await place.publish(*wishes(50, start=300))
        await all_taken(place, 350)
    await heard_once(place, 350)


async def test_where_to_begin_is_said_by_the_database_and_not_by_kafka(place: Restaurant) -> None:
    await place.publish(*wishes(100))
    await place.mislead(offset=3)
    async with hearing(place.intake()):
        await all_taken(place, 100)
    await heard_once(place, 100)


async def nothing_said(_: Intake, force: bool = False) -> None:
    """A process that died before it came to its hint."""


async def test_records_that_kafka_delivers_again_are_passed_over(
    place: Restaurant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hearing(place.intake(batch=50)) as intake:
        await place.publish(*wishes(100))
        await all_taken(place, 100)
        consumer = intake.consumer
        assert consumer is not None
        await consumer.seek_to_beginning()
        await place.publish(*wishes(20, start=100))
        await all_taken(place, 120)
    await heard_once(place, 120)


class LosesTheReply(StageWork):
    """Every other batch is written, and then the connection breaks before anybody knows."""

    turn = 0

    async def take(self, batch: Batch) -> None:
        await super().take(batch)
        self.turn += 1
        if self.turn % 2:
            raise ConnectionError("the reply to COMMIT was lost")


async def test_a_batch_whose_reply_was_lost_is_not_applied_again(place: Restaurant) -> None:
    async with hearing(place.intake(like(place, LosesTheReply), batch=40)):
        await place.publish(*wishes(400))
        await all_taken(place, 400)
    await heard_once(place, 400)
    assert await place.parked() == []


class Chokes(StageWork):
    """On one guest's wish, always."""

    async def take(self, batch: Batch) -> None:
        if any(heard.event.id in {"w7", "w222", "w223"} for heard in batch.heard):
            raise ZeroDivisionError("no \0 pan \ud800 left")
        await super().take(batch)


async def test_poison_is_found_and_parked_and_all_others_are_applied(place: Restaurant) -> None:
    async with hearing(place.intake(like(place, Chokes))):
        await place.publish(*wishes(300))
        await all_taken(place, 300)
    await heard_once(place, 297)
    assert await place.parked() == ["ZeroDivisionError: no  pan \\ud800 left"] * 3
    bodies = await place.store.pool.fetch("select body from parked")
    assert all(b'"egg.wanted"' in row["body"] for row in bodies)


class ChokesEvenOnParking(Chokes):
    """Three times."""

    tries = 0

    async def take(self, batch: Batch) -> None:
        self.tries += bool(batch.parked)
        if batch.parked and self.tries <= 3:
            raise ValueError("this row cannot be written")
        await super().take(batch)


async def test_what_cannot_even_be_parked_is_not_skipped(place: Restaurant) -> None:
    await place.publish(*wishes(20))
    async with hearing(place.intake(like(place, ChokesEvenOnParking), batch=5)):
        await all_taken(place, 20)
    await heard_once(place, 19)
    assert len(await place.parked()) == 1


async def test_what_nobody_can_read_is_parked_and_stops_nothing(place: Restaurant) -> None:
    bad: list[tuple[bytes | None, bytes | None]] = [
        (b"x", None), (b"x", b"\xff"), (b"x", b"{}"), (b"x", b"[1]"), (None, b"x"),
    ]  # fmt: skip
    async with hearing(place.intake()):
        await place.publish(*wishes(50))
        await place.send(*bad)
        await place.publish(*wishes(50, start=50))
        await all_taken(place, 105)
    await heard_once(place, 100)
    assert len(await place.parked()) == 5


class Stumbles(StageWork):
    """What it takes to judge is away for the first four tries; to park would work."""

    tries = 0

    async def take(self, batch: Batch) -> None:
        self.tries += 1
        if self.tries <= 4 and batch.heard:
            raise ConnectionError("the database is away")
        await super().take(batch)


async def test_an_outage_parks_nothing(place: Restaurant) -> None:
    await place.publish(*wishes(1))
    async with hearing(place.intake(like(place, Stumbles))):
        await all_taken(place, 1)
    await heard_once(place, 1)
    assert await place.parked() == []


async def test_a_stop_under_load_leaves_kafka_knowing_exactly_what_was_taken(place: Restaurant) -> None:
    await place.publish(*wishes(2_000))
    intake = place.intake(batch=20)
    async with hearing(intake):
        await all_taken(place, 100)
    taken = await place.taken()
    assert taken >= 100
    assert sum((await place.hinted()).values()) == taken
    async with hearing(place.intake()):
        await all_taken(place, 2_000)
    await heard_once(place, 2_000)


class Slow(StageWork):
    """Holds every batch until it may go on; the hand-over happens meanwhile."""

    async def take(self, batch: Batch) -> None:
        await asyncio.sleep(0.05)
        await super().take(batch)


class InHand(Slow):
    batches = 0

    async def take(self, batch: Batch) -> None:
        self.batches += 1
        await super().take(batch)
        self.batches -= 1


async def test_partitions_are_given_away_only_when_the_batch_in_hand_is_written(place: Restaurant) -> None:
    async def working() -> bool:
        return work.batches > 0

    work = InHand(place.work.stage, place.work.transactor.vocabulary, place.work.ground)
    await place.publish(*wishes(500))
    async with hearing(place.intake(work, batch=10)) as intake:
        await until(working)
        await intake.on_partitions_revoked(set())
        assert not work.batches
        assert not intake.positions
        taken = await place.taken()
        assert taken > 0
    assert await place.taken() == taken


@pytest.mark.timeout(60)
async def test_from_one_consumer_to_two_and_back_nothing_is_lost_or_doubled(place: Restaurant) -> None:
    async def keep_publishing() -> None:
        while not full.done():
            start = sent["n"]
            await place.publish(*wishes(10, start=start))
            sent["n"] += 10
            await asyncio.sleep(0.05)

    sent = {"n": 0}
    full: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    guests = asyncio.create_task(keep_publishing())
    async with hearing(place.intake(like(place, Slow), instance="1", batch=30)) as first:
        await all_taken(place, 50)
        async with hearing(place.intake(like(place, Slow), instance="2", batch=30)) as second:
            await until(lambda: shared_out(first, second))
            now = await place.taken()
            await all_taken(place, now + 100)
        await until(lambda: owns(first, 6))
        full.set_result(None)
        await guests
        await all_taken(place, sent["n"])
    await heard_once(place, sent["n"])
    assert await place.parked() == []


async def shared_out(*intakes: Intake) -> bool:
    return all([await owns(intake, 3) for intake in intakes])


async def owns(intake: Intake, partitions: int) -> bool:
    consumer: AIOKafkaConsumer | Any = intake.consumer
    return consumer is not None and len(consumer.assignment()) == len(intake.positions) == partitions
