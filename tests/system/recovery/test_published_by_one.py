"""What no listener of a topic knows each of them keeps, and one of them publishes."""

from shared.publish.relay import Relay
from tests.shared.core.reminders import ReminderRequested, requested
from tests.system.publish.publishing import all_published, letters
from tests.system.reminder_service import ReminderService, hearing, relaying
from tests.system.requests import all_taken


class ReminderByPigeon(ReminderRequested):
    """What nobody has a word for yet."""

    type = "reminder.by_pigeon"


async def test_a_type_that_two_services_do_not_know_is_one_letter_on_the_topic(
    service: ReminderService, beside: ReminderService
) -> None:
    event = requested("w1", "customer-1")._replace(data=ReminderByPigeon(minutes=5))
    async with relaying(Relay(service.settings)), relaying(Relay(beside.settings)):
        await service.publish(event)
        async with hearing(beside.consumer(keeps=False)):
            await all_taken(beside, 1)
        async with hearing(service.consumer()):
            await all_taken(service, 1)
        for each in (beside, service):
            await all_published(each)
            assert len(await each.dead_letters()) == 1
    [letter] = await letters(service)
    assert b"reminder.by_pigeon" in letter.value
