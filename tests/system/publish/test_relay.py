"""The relay on real servers: nothing skipped, nothing out of order, by one at a time."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import pytest

from shared.core.store import Changes, DeadLetter
from shared.publish import relay as relay_module
from shared.publish.relay import Relay
from shared.publish.sending import Sent, send
from tests.shared.core.reminders import NOON
from tests.system.publish.publishing import all_published, fact, letters, published
from tests.system.reminder_service import ReminderService, lying, relaying, until

BY_SEQUENCE = {
    "(xid, position) > ($1::text::xid8, $2::bigint)": "position > $2::bigint and $1::text is not null",
    "and xid < log_xid(pg_snapshot_xmin(pg_current_snapshot()))": "",
    "order by xid, position limit": "order by position limit",
    "order by page.xid, position": "order by position",
}
"""What a cursor on the sequence alone would ask instead."""


async def looked_again(relay: Relay) -> None:
    """Twice, so that one look began after now."""
    for _ in range(2):
        before = relay.moved_at

        async def moved(before: float | None = before) -> bool:
            return relay.moved_at != before

        relay.wake()
        await until(moved)


async def commit_around_a_late_one(service: ReminderService) -> tuple[list[str], list[str]]:
    """An earlier transaction commits after a later one; what was published before and after that."""
    async with relaying(Relay(service.settings)) as relay:
        async with service.store.transaction() as connection:
            await service.store.write(connection, Changes(facts=[fact("early")]))
            await service.store.commit(Changes(facts=[fact("late")]))
            await looked_again(relay)
            before = await published(service)
        await service.store.commit(Changes(facts=[fact("last")]))
        await all_published(service)
    return before, await published(service)


async def test_what_commits_late_is_neither_skipped_nor_overtaken(service: ReminderService) -> None:
    before, after = await commit_around_a_late_one(service)
    assert before == []
    assert after == ["early/1", "late/1", "last/1"]


async def test_a_cursor_on_the_sequence_alone_would_skip_it(
    service: ReminderService, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_sequence = relay_module.SQL["after"]
    for asked, instead in BY_SEQUENCE.items():
        assert asked in after_sequence
        after_sequence = after_sequence.replace(asked, instead)
    monkeypatch.setitem(relay_module.SQL, "after", after_sequence)
    _, after = await commit_around_a_late_one(service)
    assert "early/1" not in after


async def test_all_that_concurrent_writers_commit_is_published_once_and_in_order(
    service: ReminderService,
) -> None:
    async def write(writer: int) -> None:
        version = 1
        for _ in range(20):
            facts = [fact(f"reminder-{writer}", version + n, writer) for n in range(random.randint(1, 5))]
            async with service.store.transaction() as connection:
                await service.store.write(connection, Changes(facts=facts))
                await asyncio.sleep(random.random() / 100)  # others commit meanwhile
            version += len(facts)

    async with relaying(Relay(service.settings)):
        await asyncio.gather(*(write(writer) for writer in range(4)))
        await all_published(service)
    for writer in range(4):
        versions = [text for text in await published(service) if text.startswith(f"reminder-{writer}/")]
        assert versions == [f"reminder-{writer}/{n}" for n in range(1, len(versions) + 1)]
    assert len(await published(service)) == await service.store.pool.fetchval("select count(*) from facts")


async def test_of_two_relays_one_is_active_and_the_other_takes_over(service: ReminderService) -> None:
    second = Relay(service.settings)
    async with relaying(second):
        async with relaying(Relay(service.settings)):
            await service.store.commit(Changes(facts=[fact("reminder", n) for n in range(1, 501)]))
            await all_published(service)
            locks = "select count(*) from pg_locks where locktype = 'advisory' and granted and objid = $1"
            assert await service.store.pool.fetchval(locks, relay_module.LOCK) == 1
        await service.store.commit(Changes(facts=[fact("reminder", n) for n in range(501, 601)]))
        await all_published(service)
    assert await published(service) == [f"reminder/{n}" for n in range(1, 601)]


async def test_the_next_relay_goes_on_where_the_last_one_stopped(service: ReminderService) -> None:
    for n in range(1, 4):
        async with relaying(Relay(service.settings)):
            await service.store.commit(Changes(facts=[fact("reminder", n)]))
            await all_published(service)
    assert await published(service) == ["reminder/1", "reminder/2", "reminder/3"]


async def test_what_could_not_be_sent_is_sent_when_it_can(
    service: ReminderService, monkeypatch: pytest.MonkeyPatch
) -> None:
    stumbles = iter([ConnectionError("the broker is away")])

    async def stumbling(producer: Any, records: Sequence[Any]) -> Sent:
        for error in stumbles:
            raise error
        return await send(producer, records)

    monkeypatch.setattr(relay_module, "send", stumbling)
    async with relaying(Relay(service.settings)):
        await service.store.commit(Changes(facts=[fact("reminder", n) for n in range(1, 4)]))
        await all_published(service)
    assert not list(stumbles)
    assert await published(service) == ["reminder/1", "reminder/2", "reminder/3"]


async def test_a_fact_goes_out_with_its_key_on_its_partition_in_stored_bytes(
    service: ReminderService,
) -> None:
    async with relaying(Relay(service.settings)):
        await service.store.commit(Changes(facts=[fact("short", partition=3)], heartbeats={5: b"{}"}))
        await all_published(service)
    told, heartbeat = await lying(service.settings.kafka, service.topic)
    assert (told.partition, told.key, told.value) == (3, b"short", b"short/1")
    assert (heartbeat.partition, heartbeat.key, heartbeat.value) == (5, None, b"{}")
    assert dict(told.headers)["content-type"] == b"application/cloudevents+json"


async def test_more_than_one_batch_holds_and_a_fact_larger_than_any_go_out_in_order(
    service: ReminderService,
) -> None:
    facts = [fact("reminder", n) for n in range(1, 1_501)]
    facts[700] = facts[700]._replace(body=b"x" * 400_000)
    async with relaying(Relay(service.settings)):
        await service.store.commit(Changes(facts=facts))
        await all_published(service)
    told = [record.value for record in await lying(service.settings.kafka, service.topic)]
    assert told == [each.body for each in facts]


async def test_a_dead_letter_carries_the_original_bytes_and_headers_and_says_why(
    service: ReminderService,
) -> None:
    headers = [("trace", b"\xff\x00"), ("trace", b"again"), ("n\0me", b"x")]
    bad = DeadLetter("requests", 2, 7, b"\xfe", b"\xff{", headers, "not JSON – at all", NOON)
    async with relaying(Relay(service.settings)):
        await service.store.commit(
            Changes(dead_letters=[bad, DeadLetter("requests", 2, 8, None, None, [], "null", NOON)])
        )
        await all_published(service)
    letter, tombstone = await letters(service)
    assert (letter.key, letter.value, letter.partition) == (b"\xfe", b"\xff{", 2)
    assert [each for each in letter.headers if each[0].startswith("original-")] == [
        (f"original-{name}", value) for name, value in headers
    ]
    told = dict(letter.headers)
    assert (told["evergreen-topic"], told["evergreen-partition"], told["evergreen-offset"]) == (
        b"requests",
        b"2",
        b"7",
    )
    assert (told["evergreen-reason"].decode(), told["evergreen-attempt"]) == (bad.reason, b"1")
    assert (tombstone.key, tombstone.value) == (None, None)


async def test_the_largest_record_that_kafka_takes_can_be_sent_on_as_a_dead_letter(
    service: ReminderService,
) -> None:
    largest = b"x" * (1_048_588 - 200)
    bad = DeadLetter("requests", 0, 1, b"short", largest, [("h", b"y" * 100)], "too large", NOON)
    async with relaying(Relay(service.settings)):
        await service.store.commit(Changes(dead_letters=[bad]))
        await all_published(service, seconds=5)
    assert [letter.value for letter in await letters(service)] == [largest]
