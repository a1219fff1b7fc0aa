"""A rolling upgrade: a listener that is older than what it hears waits, and loses nothing."""

from deploy.recovery.dead_letters.letters import place
from deploy.recovery.dead_letters.refusing import refuse
from shared.consume.consumer import Consumer
from shared.contracts.event import Event, encode
from shared.contracts.fact import Vocabulary, vocabulary
from tests.shared.core.reminders import HEARD, ReminderRequested, requested
from tests.system.consume.topics import problems, says
from tests.system.recovery.redriving import counter, redriving, sent
from tests.system.reminder_service import ReminderService, hearing, until
from tests.system.requests import heard_once, requests


class ReminderByPost(ReminderRequested):
    """What the next release has a word for."""

    type = "reminder.by_post"


NEXT: Vocabulary = {**HEARD, **vocabulary(ReminderByPost)}


def by_post(number: int) -> Event:
    event = requested(f"p{number}", f"customer-{number % 20}")
    return event._replace(data=ReminderByPost(minutes=5))


def listener(service: ReminderService, hears: Vocabulary) -> Consumer:
    return service.consumer(hears=hears, external=False, batch=7)


async def test_an_older_listener_holds_before_what_it_does_not_know_until_the_newer_one_comes(
    service: ReminderService,
) -> None:
    events = [event for n in range(60) for event in (*requests(1, start=n), by_post(n))]
    async with hearing(listener(service, HEARD)) as old:
        await service.publish(*events)
        await says(old, "held", "run the newer release of this service")
        assert "reminder.by_post" in problems(old)["held"]
        taken, facts = await service.taken_and_decided()  # other partitions still go on
        assert taken < 120
        assert facts == taken  # all before it was taken, nothing after
        assert await service.dead_letters() == []
    async with hearing(listener(service, NEXT)):
        await until(lambda: has(service, 120))
    await heard_once(service, 120)
    assert await service.dead_letters() == []


async def has(service: ReminderService, count: int) -> bool:
    return await service.taken() == count


async def test_an_operator_may_give_it_up_until_the_newer_release_takes_it(service: ReminderService) -> None:
    customer = requests(1)[0].subject
    mine = [requested(f"w{n}", customer) for n in range(20)]
    async with hearing(listener(service, HEARD)) as old:
        await service.publish(*mine[:10], by_post(0)._replace(subject=customer), *mine[10:])
        await says(old, "held", "to go on without it: evergreen refuse ")
        where = problems(old)["held"].partition("evergreen refuse ")[2].partition(",")[0]
        await refuse(place(where), service.settings.database, service.settings.kafka)
        await until(lambda: has(service, 21))
        assert not problems(old)
    await heard_once(service, 20)
    [reason] = await service.dead_letters()
    assert "reminder.by_post" in reason
    newer = listener(service, NEXT)
    async with hearing(newer), redriving(newer, service.store), counter(service) as at:
        assert await sent(at) == {(service.store_name, "applied", None): 1}


async def test_of_a_topic_of_others_it_is_kept_where_a_later_release_finds_it(
    service: ReminderService,
) -> None:
    async with hearing(service.consumer()) as consumer:
        await service.publish(*requests(10), by_post(0), *requests(10, start=10))
        await until(lambda: has(service, 21))
        assert not problems(consumer)
    await heard_once(service, 20)
    kept = await service.store.pool.fetch("select body from dead_letters")
    assert [row["body"] for row in kept] == [encode(by_post(0))]
