"""Dead letters that are asked for go through their service once more, and each is taken once."""

from datetime import timedelta
from functools import partial

from deploy.recovery.dead_letters.letters import Choice, Place
from shared.consume.partitioner import partition_of
from shared.core.store import Changes, DeadLetter
from shared.service.redriver import Redriver
from tests.system.database_faults import DatabaseFaults, missing_grant
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
from tests.system.reminder_service import PARTITIONS, ReminderService, hearing, until
from tests.system.requests import all_taken, heard_once, requests

HOUR = timedelta(hours=1)


async def test_what_is_mended_is_applied_and_what_is_not_fails_again_as_the_next_attempt(
    service: ReminderService,
) -> None:
    rules, name = FailingRules(bad=set(BAD)), service.store_name
    await refused(service, rules)
    rules.bad = {"w30", "w40"}
    consumer = service.consumer(rules.handler(service))
    reason = "ZeroDivisionError: no channel left"
    async with hearing(consumer), redriving(consumer, service.store), counter(service) as at:
        assert await sent(at) == {(name, "applied", None): 8, (name, "failed", reason): 2}
        [letters] = (await at.open_letters(ANY)).values()
        assert [letter.attempt for letter in letters] == [2, 2]
        rules.bad = set()
        first = letters[0]
        chosen = Choice(Place(first.topic, first.partition, first.offset))
        assert await sent(at, chosen) == {(name, "applied", None): 1}
        assert await sent(at, Choice(reason="^Zero", until=first.recorded)) == {}
        assert await sent(at, Choice(reason="^Zero", since=first.recorded)) == {(name, "applied", None): 1}
        assert await sent(at) == {}
    await heard_once(service, 100)
    assert len(await service.dead_letters()) == 12


async def test_what_was_taken_meanwhile_is_known_and_changes_nothing(service: ReminderService) -> None:
    rules = FailingRules(bad=set(BAD))
    await refused(service, rules)
    rules.bad = set()
    consumer = service.consumer(rules.handler(service))
    async with hearing(consumer), redriving(consumer, service.store), counter(service) as at:
        await service.publish(*requests(100))  # their sender tries again
        await all_taken(service, 200)
        assert await sent(at) == {(service.store_name, "known", None): 10}
    await heard_once(service, 100)


async def test_letters_wait_while_the_database_refuses_all_and_while_their_partition_is_anothers(
    service: ReminderService, faults: DatabaseFaults
) -> None:
    rules, name = FailingRules(bad=set(BAD)), service.store_name
    await refused(service, rules)
    rules.bad = set()
    consumer = service.consumer(rules.handler(service))
    async with counter(service) as at:
        async with redriving(consumer, service.store):  # owns nothing yet
            assert await sent(at, patience=2.0) == {(name, None, None): 10}
        await missing_grant(faults, True)
        async with hearing(consumer), redriving(consumer, service.store):
            moment = await at.connections[name].fetchval("select max(requested) from redrives")
            assert dict(await at.follow(moment, 3.0, lambda done, all_: None)) == {(name, None, None): 10}
            await missing_grant(faults, False)
            found = await at.follow(moment, 20.0, lambda done, all_: None)
    assert dict(found) == {(name, "applied", None): 10}
    await heard_once(service, 100)


async def test_what_nobody_could_read_goes_to_every_listener_once_it_can_be_read(
    service: ReminderService, beside: ReminderService
) -> None:
    await nobody_can_read(service, beside)
    assert (len(await service.dead_letters()), await beside.dead_letters()) == (30, [])
    async with counter(service, beside) as at:
        kept = await at.open_letters(ANY)
        assert await at.ask(kept, MOMENT) == 30
        for each in (service, beside):
            consumer = each.consumer()
            async with hearing(consumer), redriving(consumer, each.store):
                await until(partial(settled, each))
            await heard_once(each, 30)
        names = (service.store_name, beside.store_name)
        assert await at.outcomes(MOMENT) == {(name, "applied", None): 30 for name in names}


async def test_what_breaks_the_contract_fails_again_for_every_listener_by_the_same_reason(
    service: ReminderService, beside: ReminderService
) -> None:
    await nobody_can_read(service, beside)
    [reason] = set(await service.dead_letters())
    assert "channel" in reason
    async with counter(service, beside) as at:
        assert await at.ask(await at.open_letters(ANY), MOMENT) == 30
        for each, keeps in ((service, True), (beside, False)):
            consumer = each.consumer(hears=OLD, keeps=keeps)
            async with hearing(consumer), redriving(consumer, each.store):
                await until(partial(settled, each))
        names = (service.store_name, beside.store_name)
        assert await at.outcomes(MOMENT) == {(name, "failed", reason): 30 for name in names}
    assert set(await beside.dead_letters()) == {reason}


async def test_letters_of_a_stream_that_is_set_aside_still_can_be_sent_once_it_is_released(
    service: ReminderService, faults: DatabaseFaults
) -> None:
    await faults.owner(
        "insert into quarantined (stream, partition, at, version, reason, since) "
        f"values ('reminder-customer-3', {partition_of(b'customer-3', PARTITIONS)}, null, 0, 'p', now())"
    )
    consumer, name = service.consumer(), service.store_name
    async with hearing(consumer), redriving(consumer, service.store), counter(service) as at:
        await service.publish(*requests(100))
        await all_taken(service, 100)
        assert [outcome for _, outcome, _ in await sent(at)] == ["failed"]
        [letters] = (await at.open_letters(ANY)).values()
        assert [letter.attempt for letter in letters] == [2] * 5
        await faults.owner("delete from quarantined")
        assert await sent(at) == {(name, "applied", None): 5}
    await heard_once(service, 100)


async def test_a_letter_of_a_later_attempt_comes_where_it_first_came(service: ReminderService) -> None:
    letters = [
        DeadLetter(service.topic, 2, offset, b"short", b"{}", [], "not JSON", MOMENT + later, attempt)
        for later, offset, attempt in [(0 * HOUR, 0, 1), (HOUR, 1, 1), (2 * HOUR, 0, 2)]
    ]
    await service.store.commit(Changes(dead_letters=letters))
    async with counter(service) as at:
        [open_] = (await at.open_letters(ANY)).values()
        assert [(letter.offset, letter.attempt) for letter in open_] == [(0, 2), (1, 1)]
        await at.ask({service.store_name: open_}, MOMENT)
    redriver = Redriver(service.consumer(), service.store)
    assert [record.offset for record in await redriver._page(2)] == [0, 1]
