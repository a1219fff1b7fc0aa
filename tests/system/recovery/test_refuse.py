"""An operator gives up the one record that holds its partition."""

import pytest

from deploy.errors import Trouble
from deploy.recovery.dead_letters.letters import Place
from deploy.recovery.dead_letters.refusing import refuse
from tests.system.consume.test_own_fault import Moods, goes_on, holds
from tests.system.reminder_service import Restaurant, hearing, lying
from tests.system.requests import all_taken, wishes


async def test_one_alone_is_given_up_by_an_operator_and_its_partition_goes_on(place: Restaurant) -> None:
    moods = Moods(bad={"w0"})
    await place.publish(*wishes(1))
    [record] = await lying(place.settings.kafka, place.topic)
    where = Place(record.topic, record.partition, record.offset)
    async with hearing(place.consumer(moods.handler(place))) as consumer:
        await holds(consumer, f"evergreen refuse {record.topic}/{record.partition}@{record.offset}")
        await refuse(where, place.settings.database)
        await all_taken(place, 1)
        await goes_on(consumer)
    assert await place.dead_letters() == ["ZeroDivisionError: no pan left"]
    with pytest.raises(Trouble, match="holds nobody"):
        await refuse(where, place.settings.database)
    with pytest.raises(Trouble, match="does not hear"):
        await refuse(Place("rumours", 0, 0), place.settings.database)
