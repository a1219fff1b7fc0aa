"""A rehearsal goes to the last statement and leaves nothing behind."""

from tests.system.restaurant import Restaurant, lying
from tests.system.wishes import heard_once, wishes


async def test_a_record_is_rehearsed_without_a_trace_and_one_known_already_is_no_proof(
    place: Restaurant,
) -> None:
    await place.publish(*wishes(20))
    consumer = place.consumer()
    consumer.positions = dict(await place.store.positions([(place.topic, n) for n in range(6)]))
    records = await lying(place.settings.kafka, place.topic)
    assert all([await consumer._rehearse(record) for record in records])
    assert (await place.eggs(), await place.taken()) == ([], 0)
    await consumer._write(records)
    await place.publish(*wishes(20))
    again = await lying(place.settings.kafka, place.topic)
    assert not any([await consumer._rehearse(record) for record in again])
    await heard_once(place, 20)
