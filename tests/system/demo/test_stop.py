"""SIGTERM under load: a service is gone within ten seconds, and nothing that it did is done again."""

import asyncio
import time
from collections import Counter

import orjson
import pytest

from deploy.events.topic import whole
from deploy.local.house import metrics
from deploy.local.house.house import House
from deploy.status.lag import by_service
from tests.system.demo.runs.playing import Ended
from tests.system.demo.runs.rush import Standing, rush, standing
from tests.system.reminder_service import until

STAGES = ("acquisition", "conversion", "retention", "insight")


@pytest.mark.parametrize("stage", STAGES)
async def test_a_service_stopped_under_load_is_soon_gone_and_does_nothing_again(
    quiet_house: House, calm: Ended, stage: str
) -> None:
    before = await standing(quiet_house, stage)
    async with rush(quiet_house):
        await until(lambda: has_taken(quiet_house, stage, before, 1_000), seconds=60)
        began = time.monotonic()
        await asyncio.to_thread(quiet_house.stop_service, stage)
        assert time.monotonic() - began < 10
    stopped = await standing(quiet_house, stage)
    assert stopped.hinted == stopped.taken
    assert stopped.unpublished == 0
    await asyncio.to_thread(quiet_house.start_service, stage)
    await until(lambda: is_up_to_date(quiet_house), seconds=120)
    after = await standing(quiet_house, stage)
    assert after.skipped(before) == 0
    assert await told_twice(quiet_house, stage) == []
    heard = metrics.read(quiet_house.services[stage].metrics_url)["evergreen_events_total"]
    assert heard == sum(after.taken.values()) - sum(stopped.taken.values()) > 0


async def has_taken(house: House, stage: str, before: Standing, records: int) -> bool:
    now = await standing(house, stage)
    return sum(now.taken.values()) - sum(before.taken.values()) > records


async def is_up_to_date(house: House) -> bool:
    """Nothing is left to take; asked twice, for a record may be on its way between two services."""
    return not any((await by_service(house)).values()) and not any((await by_service(house)).values())


async def told_twice(house: House, topic: str) -> list[str]:
    """Facts that lie on the topic more than once."""
    ids = Counter([orjson.loads(record.value)["id"] async for record in whole(house.kafka.bootstrap, topic)])
    return [name for name, times in ids.items() if times > 1]
