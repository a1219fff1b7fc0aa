"""An operator gives up the one record that holds its partition."""

import pytest

from deploy.errors import Trouble
from deploy.recovery.dead_letters.letters import Place
from deploy.recovery.dead_letters.refusing import refuse
from tests.system.failing_rules import FailingRules, goes_on, holds
from tests.system.reminder_service import ReminderService, hearing, lying
from tests.system.requests import all_taken, requests


async def test_one_alone_is_given_up_by_an_operator_and_its_partition_goes_on(
    service: ReminderService,
) -> None:
    rules = FailingRules(bad={"w0"})
    await service.publish(*requests(1))
    [record] = await lying(service.settings.kafka, service.topic)
    where = Place(record.topic, record.partition, record.offset)
    async with hearing(service.consumer(rules.handler(service))) as consumer:
        await holds(consumer, f"evergreen refuse {record.topic}/{record.partition}@{record.offset}")
        await refuse(where, service.settings.database)
        await all_taken(service, 1)
        await goes_on(consumer)
    assert await service.dead_letters() == ["ZeroDivisionError: no channel left"]
    with pytest.raises(Trouble, match="holds nobody"):
        await refuse(where, service.settings.database)
    with pytest.raises(Trouble, match="does not hear"):
        await refuse(Place("notes", 0, 0), service.settings.database)
