"""A rehearsal goes to the last statement and leaves nothing behind."""

from shared.core.store import Position
from tests.system.reminder_service import ReminderService, lying
from tests.system.requests import heard_once, requests


async def test_a_record_is_rehearsed_without_a_trace_and_one_known_already_is_no_proof(
    service: ReminderService,
) -> None:
    await service.publish(*requests(20))
    writer = service.consumer().writer
    places = [(service.topic, n) for n in range(6)]
    await service.store.open_positions(dict.fromkeys(places, Position(0)))
    writer.positions.update(dict.fromkeys(places, 0))
    records = await lying(service.settings.kafka, service.topic)
    assert all([await writer._rehearse(record) for record in records])
    assert (await service.facts(), await service.taken()) == ([], 0)
    await writer._write(records)
    await service.publish(*requests(20))
    again = await lying(service.settings.kafka, service.topic)
    assert not any([await writer._rehearse(record) for record in again])
    await heard_once(service, 20)
