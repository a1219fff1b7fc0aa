"""What came for a stream that was set aside goes through again once the stream was released, not before."""

import pytest

from deploy.local.house.house import House
from deploy.provisioning.databases import Database
from deploy.recovery.quarantine import release
from shared.consume.partitioner import partition_of
from shared.core.quarantine import Quarantine
from shared.core.store import Changes
from tests.shared.core.reminders import NOON, reminder, requested
from tests.system.recovery.test_redrive import counter, redriving, sent
from tests.system.reminder_service import PARTITIONS, ReminderService, hearing, until

pytestmark = pytest.mark.system


async def test_dead_letters_of_a_stream_that_was_set_aside_go_through_once_it_was_released(
    service: ReminderService, house: House, database: Database
) -> None:
    of_short = partition_of(b"short", PARTITIONS)
    aside = Quarantine(reminder("short"), of_short, None, 0, "no channel left", NOON)
    await service.store.commit(Changes(quarantined=[aside]))
    consumer = service.consumer()
    async with hearing(consumer), redriving(consumer, service.store), counter(service) as at:
        await service.publish(requested("w1", "short"), requested("w2", "long"))
        await until(lambda: has(service, 2))
        assert await service.facts() == [("reminder-long", 1)]
        reason = "stream reminder-short is quarantined: no channel left"
        assert await service.dead_letters() == [reason]
        assert dict(await sent(at)) == {(service.store_name, "failed", reason): 1}
        assert await release(house.postgres.admin_url, database.service, "reminder-short")
        assert dict(await sent(at)) == {(service.store_name, "applied", None): 1}
        assert sorted(await service.facts()) == [("reminder-long", 1), ("reminder-short", 1)]


async def has(service: ReminderService, count: int) -> bool:
    return await service.taken() >= count
