"""A rehearsal goes to the last statement and leaves nothing behind."""

from shared.core.store import Position
from tests.system.reminder_service import Restaurant, lying
from tests.system.requests import heard_once, wishes


async def test_a_record_is_rehearsed_without_a_trace_and_one_known_already_is_no_proof(
    place: Restaurant,
) -> None:
    await place.publish(*wishes(20))
    writer = place.consumer().writer
    places = [(place.topic, n) for n in range(6)]
    await place.store.open_positions(dict.fromkeys(places, Position(0)))
    writer.positions.update(dict.fromkeys(places, 0))
    records = await lying(place.settings.kafka, place.topic)
    assert all([await writer._rehearse(record) for record in records])
    assert (await place.eggs(), await place.taken()) == ([], 0)
    await writer._write(records)
    await place.publish(*wishes(20))
    again = await lying(place.settings.kafka, place.topic)
    assert not any([await writer._rehearse(record) for record in again])
    await heard_once(place, 20)
