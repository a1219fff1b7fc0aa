"""Several processes of one service: each knows what it owns, and says when it is one too many."""

import asyncio
from time import monotonic

from shared.consume.consumer import Consumer
from tests.system.consume.test_handover import owns, shared_out
from tests.system.consume.topics import problems, says
from tests.system.reminder_service import Restaurant, hearing, until
from tests.system.requests import all_taken, heard_once, wishes


async def test_processes_without_names_share_the_partitions_and_give_them_back_at_once(
    place: Restaurant,
) -> None:
    async with hearing(place.consumer(instance="")) as first:
        await until(lambda: owns(first, 6))
        async with hearing(place.consumer(instance="")) as second:
            await until(lambda: shared_out(first, second))
            await place.publish(*wishes(100))
            await all_taken(place, 100)
        began = monotonic()
        await until(lambda: owns(first, 6))
        assert monotonic() - began < 8  # it left; nobody waited for its session to expire
        await place.publish(*wishes(100, start=100))
        await all_taken(place, 200)
    await heard_once(place, 200)


async def test_of_two_processes_of_one_name_the_earlier_leaves_and_says_so(place: Restaurant) -> None:
    async with hearing(place.consumer(instance="blue")) as first:
        await until(lambda: owns(first, 6))
        async with hearing(place.consumer(instance="blue")) as second:
            await says(first, "instance", "another process has taken over as instance 'blue'", seconds=30)
            await until(lambda: owns(second, 6), seconds=30)
            await place.publish(*wishes(100))
            await all_taken(place, 100)
            await asyncio.sleep(3)  # time for the next rounds of a fight, three heartbeats
            assert await owns(second, 6)
            assert first.client is None
            assert not problems(second)
    await heard_once(place, 100)


async def test_one_process_more_than_there_are_partitions_stands_by_and_takes_over(place: Restaurant) -> None:
    async with asyncio.timeout(50):
        members = [place.consumer(instance="") for _ in range(7)]
        for member in members:
            await member.start()
        try:
            await until(lambda: shares(members, [0, 1, 1, 1, 1, 1, 1]))
            [spare] = [member for member in members if not member.positions]
            told = {name: text for name, text, blocks in spare.conditions(monotonic()) if text}
            assert "more processes than partitions" in told["standby"]
            assert not problems(spare)
            leaver = next(member for member in members if member is not spare)
            await leaver.stop()
            members.remove(leaver)
            await until(lambda: owns(spare, 1))
            await place.publish(*wishes(60))
            await all_taken(place, 60)
        finally:
            await asyncio.gather(*(member.stop() for member in members))
    await heard_once(place, 60)


async def shares(members: list[Consumer], counts: list[int]) -> bool:
    joined = all(member.assignment.places is not None and member.assignment.agreed for member in members)
    return joined and sorted(len(member.positions) for member in members) == counts
