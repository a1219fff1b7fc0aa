"""Several processes of one service: each knows what it owns, and says when it is one too many."""

import asyncio
from time import monotonic

import pytest

from shared.consume.consumer import Consumer
from tests.system.consume.test_handover import owns, shared_out
from tests.system.consume.topics import problems, says
from tests.system.reminder_service import ReminderService, hearing, until
from tests.system.requests import all_taken, heard_once, requests


@pytest.mark.parametrize("names", [("", ""), ("blue", "green")])
async def test_processes_share_the_partitions_and_give_them_back_at_once(
    service: ReminderService, names: tuple[str, str]
) -> None:
    async with hearing(service.consumer(instance=names[0])) as first:
        await until(lambda: owns(first, 6))
        async with hearing(service.consumer(instance=names[1])) as second:
            await until(lambda: shared_out(first, second))
            await service.publish(*requests(100))
            await all_taken(service, 100)
        began = monotonic()
        await until(lambda: owns(first, 6))
        assert monotonic() - began < 8  # it left; nobody waited for its session to expire
        await service.publish(*requests(100, start=100))
        await all_taken(service, 200)
    await heard_once(service, 200)


async def test_of_two_processes_of_one_name_the_earlier_leaves_and_says_so(service: ReminderService) -> None:
    async with hearing(service.consumer(instance="blue")) as first:
        await until(lambda: owns(first, 6))
        async with hearing(service.consumer(instance="blue")) as second:
            await says(first, "instance", "another process has taken over as instance 'blue'", seconds=30)
            await until(lambda: owns(second, 6), seconds=30)
            await service.publish(*requests(100))
            await all_taken(service, 100)
            await asyncio.sleep(3)  # time for the next rounds of a fight, three heartbeats
            assert await owns(second, 6)
            assert first.client is None
            assert not problems(second)
    await heard_once(service, 100)


async def test_one_process_more_than_there_are_partitions_stands_by_and_takes_over(
    service: ReminderService,
) -> None:
    async with asyncio.timeout(50):
        members = [service.consumer(instance="") for _ in range(7)]
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
            await service.publish(*requests(60))
            await all_taken(service, 60)
        finally:
            await asyncio.gather(*(member.stop() for member in members))
    await heard_once(service, 60)


async def shares(members: list[Consumer], counts: list[int]) -> bool:
    joined = all(member.assignment.places is not None and member.assignment.agreed for member in members)
    return joined and sorted(len(member.positions) for member in members) == counts
