"""A rolling upgrade: a listener that is older than what it hears waits, and loses nothing."""

from deploy.provisioning.databases import Database
from deploy.recovery.positions import apply, moves, standings
from shared.consume.consumer import Consumer
from shared.contracts.event import Event, encode
from shared.contracts.fact import Vocabulary, vocabulary
from tests.shared.core.reminders import HEARD, EggWanted, wanted
from tests.system.consume.topics import problems, says
from tests.system.reminder_service import Restaurant, hearing, until
from tests.system.requests import heard_once, wishes


class EggPoached(EggWanted):
    """What the next release has a word for."""

    type = "egg.poached"


NEXT: Vocabulary = {**HEARD, **vocabulary(EggPoached)}


def poached(number: int) -> Event:
    event = wanted(f"p{number}", f"guest-{number % 20}")
    return event._replace(data=EggPoached(minutes=5))


def listener(place: Restaurant, hears: Vocabulary) -> Consumer:
    return place.consumer(hears=hears, external=False, batch=7)


async def test_an_older_listener_holds_before_what_it_does_not_know_until_the_newer_one_comes(
    place: Restaurant,
) -> None:
    events = [event for n in range(60) for event in (*wishes(1, start=n), poached(n))]
    async with hearing(listener(place, HEARD)) as old:
        await place.publish(*events)
        await says(old, "held", "run the newer release of this service")
        assert "egg.poached" in problems(old)["held"]
        held = await place.taken()
        assert held < 120
        eggs = await place.eggs()
        assert len(eggs) == held  # all before it was taken, nothing after
        assert await place.dead_letters() == []
    async with hearing(listener(place, NEXT)):
        await until(lambda: has(place, 120))
    await heard_once(place, 120)
    assert await place.dead_letters() == []


async def has(place: Restaurant, count: int) -> bool:
    return await place.taken() == count


async def test_its_owner_may_leave_it_out_for_good(place: Restaurant, database: Database) -> None:
    guest = wishes(1)[0].subject
    mine = [wanted(f"w{n}", guest) for n in range(20)]
    async with hearing(listener(place, HEARD)) as old:
        await place.publish(*mine[:10], poached(0)._replace(subject=guest), *mine[10:])
        await says(old, "held", "to leave that out for good: `evergreen positions accept")
        [at] = [each for each in await standings(place.settings.kafka, database.owner_url) if each.behind]
        assert f"--partition {at.place[1]} --from {at.position.offset + 1}`" in problems(old)["held"]
        await apply(database.owner_url, moves([at], place.topic, at.place[1], at.position.offset + 1))
        await until(lambda: has(place, 21))
        assert not problems(old)
    await heard_once(place, 20)


async def test_of_a_topic_of_others_it_is_kept_where_a_later_release_finds_it(place: Restaurant) -> None:
    async with hearing(place.consumer()) as consumer:
        await place.publish(*wishes(10), poached(0), *wishes(10, start=10))
        await until(lambda: has(place, 21))
        assert not problems(consumer)
    await heard_once(place, 20)
    kept = await place.store.pool.fetch("select body from dead_letters")
    assert [row["body"] for row in kept] == [encode(poached(0))]
