"""Dead letters that are asked for in the middle of a rolling upgrade are not spent on the older release."""

from functools import partial

from shared.contracts.fact import vocabulary
from tests.system.failing_rules import FailingRules
from tests.system.recovery.redriving import (
    ANY,
    BAD,
    MOMENT,
    OLD,
    counter,
    nobody_can_read,
    redriving,
    refused,
    sent,
    settled,
)
from tests.system.reminder_service import ReminderService, hearing, until


async def test_a_listener_of_the_older_release_keeps_what_it_still_cannot_read(
    service: ReminderService, beside: ReminderService
) -> None:
    await nobody_can_read(service, beside)
    async with counter(service, beside) as at:
        assert await at.ask(await at.open_letters(ANY), MOMENT) == 30
        older = beside.consumer(hears=OLD, keeps=False)
        for each, consumer in ((service, service.consumer()), (beside, older)):
            async with hearing(consumer), redriving(consumer, each.store):
                await until(partial(settled, each))
        upgraded = beside.consumer()
        async with hearing(upgraded), redriving(upgraded, beside.store):
            await sent(at)
    assert len(await service.facts()) == len(await beside.facts()) == 30


async def test_what_a_release_that_was_rolled_back_cannot_read_waits_for_the_next_one(
    service: ReminderService,
) -> None:
    await refused(service, FailingRules(bad=set(BAD)))
    for hears in (vocabulary(), None):
        consumer = service.consumer(hears=hears, external=False) if hears is not None else service.consumer()
        async with hearing(consumer), redriving(consumer, service.store), counter(service) as at:
            await sent(at)
    assert len(await service.facts()) == 100
