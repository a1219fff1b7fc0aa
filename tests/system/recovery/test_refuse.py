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
    reach = (service.settings.database, service.settings.kafka)
    async with hearing(service.consumer(rules.handler(service))) as consumer:
        await holds(consumer, f"evergreen refuse {record.topic}/{record.partition}@{record.offset}")
        await refuse(where, *reach)
        await all_taken(service, 1)
        await goes_on(consumer)
    assert await service.dead_letters() == ["ZeroDivisionError: no channel left"]
    with pytest.raises(Trouble, match="holds nobody"):
        await refuse(where, *reach)
    with pytest.raises(Trouble, match="does not hear"):
        await refuse(Place("notes", 0, 0), *reach)


async def test_a_place_at_which_nothing_lies_yet_is_not_given_up(service: ReminderService) -> None:
    reach = (service.settings.database, service.settings.kafka)
    await service.publish(*requests(1))
    [record] = await lying(service.settings.kafka, service.topic)
    async with hearing(service.consumer()):
        await all_taken(service, 1)
    beyond = Place(record.topic, record.partition, record.offset + 1)
    with pytest.raises(Trouble, match=f"nothing lies at {beyond} yet, its log ends at {beyond.offset}"):
        await refuse(beyond, *reach)
    with pytest.raises(Trouble, match="no Kafka answers"):
        await refuse(beyond, service.settings.database, "127.0.0.1:1")
    assert not await service.store.pool.fetchval("select count(*) from refusals")
