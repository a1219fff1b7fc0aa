"""What came for a stream that was set aside goes through again once the stream was released, not before."""

import pytest

from deploy.local.house.house import House
from deploy.provisioning.databases import Database
from deploy.recovery.quarantine import release
from shared.consume.partitioner import partition_of
from shared.core.quarantine import Quarantine
from shared.core.store import Changes
from tests.shared.core.reminders import NOON, egg, wanted
from tests.system.recovery.test_redrive import counter, redriving, sent
from tests.system.reminder_service import PARTITIONS, Restaurant, hearing, until

pytestmark = pytest.mark.system


async def test_dead_letters_of_a_stream_that_was_set_aside_go_through_once_it_was_released(
    place: Restaurant, house: House, database: Database
) -> None:
    of_soft = partition_of(b"soft", PARTITIONS)
    aside = Quarantine(egg("soft"), of_soft, None, 0, "no pan left", NOON)
    await place.store.commit(Changes(quarantined=[aside]))
    consumer = place.consumer()
    async with hearing(consumer), redriving(consumer, place.store), counter(place) as at:
        await place.publish(wanted("w1", "soft"), wanted("w2", "hard"))
        await until(lambda: has(place, 2))
        assert await place.eggs() == [("egg-hard", 1)]
        reason = "stream egg-soft is quarantined: no pan left"
        assert await place.dead_letters() == [reason]
        assert dict(await sent(at)) == {(place.store_name, "failed", reason): 1}
        assert await release(house.postgres.admin_url, database.service, "egg-soft")
        assert dict(await sent(at)) == {(place.store_name, "applied", None): 1}
        assert sorted(await place.eggs()) == [("egg-hard", 1), ("egg-soft", 1)]


async def has(place: Restaurant, count: int) -> bool:
    return await place.taken() >= count
