"""What Kafka does not take: dead letters are cut to what it takes, facts are named; no neighbour suffers."""

import random
import re
from dataclasses import replace
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.provisioning import topics
from shared.core.store import Changes, DeadLetter
from shared.kafka import kafka_client
from shared.observe import metrics
from shared.publish import relay as relay_module
from shared.publish.relay import Relay
from tests.shared.core.reminders import NOON
from tests.system.publish.publishing import all_published, fact, letters, published
from tests.system.reminder_service import ReminderService, lying, relaying, until

HEADERS = [(f"{n % 10}", None) for n in range(260_000)]
"""780 kB on the wire, three times as much when each is told as one of the original's."""


def letter(offset: int, key: bytes | None, body: bytes | None, headers: Any = ()) -> DeadLetter:
    return DeadLetter("requests", 2, offset, key, body, list(headers), "not JSON", NOON)


async def test_a_dead_letter_of_any_size_is_published_once_beside_its_neighbours(
    service: ReminderService,
) -> None:
    bomb = letter(2, b"short", b"\0" * 3_000_000)
    wide = letter(3, b"short", b"{", HEADERS)
    keyed = letter(4, b"k" * 2_500_000, None)
    async with relaying(Relay(service.settings)):
        await service.store.commit(
            Changes(
                facts=[fact("reminder", n) for n in range(1, 11)],
                dead_letters=[letter(1, None, None), bomb, wide, keyed, letter(5, b"", b"last")],
            )
        )
        await all_published(service)
    assert await published(service) == [f"reminder/{n}" for n in range(1, 11)]
    told = {dict(each.headers)["evergreen-offset"]: each for each in await letters(service)}
    assert [dict(each.headers)["evergreen-offset"] for each in await letters(service)] == [
        b"1", b"2", b"3", b"4", b"5",
    ]  # fmt: skip
    assert (told[b"1"].key, told[b"1"].value) == (None, None)
    assert told[b"2"].value == b"\0" * 65_536
    assert dict(told[b"2"].headers)["evergreen-truncated"] == b"value: 65536 of 3000000 bytes"
    assert told[b"3"].value == b"{"
    assert b"headers: " in dict(told[b"3"].headers)["evergreen-truncated"]
    assert told[b"4"].key is None
    assert dict(told[b"4"].headers)["evergreen-truncated"] == b"key: 0 of 2500000 bytes"
    assert "evergreen-truncated" not in dict(told[b"5"].headers)
    kept = await service.store.pool.fetchval("select body from dead_letters where offset_ = 2")
    assert kept == bomb.body


async def limit(service: ReminderService, topic: str, largest: int) -> None:
    admin = AIOKafkaAdminClient(**kafka_client(service.settings.kafka))
    await admin.start()
    try:
        configs = {"max.message.bytes": str(largest), "message.timestamp.type": "LogAppendTime"}
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs)])
    finally:
        await admin.close()


async def rebuilt(beyond: float = -1) -> float:
    """How often a producer was thrown away; 0 while not more often than that."""
    (counted,) = metrics.RELAY_REBUILT.collect()
    number = next(each.value for each in counted.samples if each.name.endswith("_total"))
    return number if number > beyond else 0


async def refused(relay: Relay) -> str:
    async def said() -> object:
        return relay.problem

    await until(said)
    return relay.problem or ""


async def test_a_fact_that_kafka_does_not_take_is_named_and_nothing_goes_twice_beside_it(
    service: ReminderService,
) -> None:
    large = fact("reminder", 6)._replace(body=random.Random(6).randbytes(1_200_000))
    facts = [fact("reminder", n) for n in range(1, 6)] + [large]
    facts += [fact(f"reminder-{n}", 1, partition=n % 6) for n in range(50)]
    async with relaying(Relay(service.settings)) as relay:
        await service.store.commit(Changes(facts=facts))
        assert re.fullmatch(
            r"Kafka does not take the fact at position \d+ of the log \(120\d{4} bytes\) on topic \w+: "
            r"MessageSizeTooLargeError: raise max.message.bytes of that topic .*",
            await refused(relay),
        )
        tried = await rebuilt()
        await until(lambda: rebuilt(beyond=tried + 2))  # it is tried again and again
        assert await published(service) == [f"reminder/{n}" for n in range(1, 6)]
        await limit(service, service.topic, 2_000_000)
        await all_published(service)
        assert relay.problem is None
    told = [record.value for record in await lying(service.settings.kafka, service.topic)]
    assert sorted(told) == sorted(each.body for each in facts)


async def test_a_limit_that_is_lower_than_ours_stops_at_the_record_and_keeps_what_was_taken(
    service: ReminderService,
) -> None:
    await limit(service, service.topic, 20_000)
    large = [fact("large", n)._replace(body=random.Random(n).randbytes(30_000)) for n in range(1, 3)]
    async with relaying(Relay(service.settings)) as relay:
        await service.store.commit(
            Changes(facts=[fact("reminder", 1, partition=1), *large, fact("reminder", 2, 1)])
        )
        assert "MessageSizeTooLargeError" in await refused(relay)
        await limit(service, service.topic, 1_048_588)
        await all_published(service)
    told = [record.value for record in await lying(service.settings.kafka, service.topic)]
    assert [body for body in told if body in [each.body for each in large]] == [each.body for each in large]
    assert told.count(b"reminder/1") == 1


async def test_a_topic_that_is_gone_is_named_until_it_is_there(service: ReminderService) -> None:
    settings = replace(service.settings, service=f"{service.topic}x")
    async with relaying(Relay(settings)) as relay:
        await service.store.commit(Changes(facts=[fact("reminder", 1)]))
        assert "on topic" in await refused(relay)
        assert "evergreen provision" in await refused(relay)
        await topics.provide(service.settings.kafka, [topics.Topic(settings.service, 6, retention_days=1)])
        await all_published(service, seconds=40)


async def test_a_page_is_bounded_by_bytes(service: ReminderService) -> None:
    await service.store.commit(
        Changes(facts=[fact("reminder", n)._replace(body=bytes(500_000)) for n in range(1, 41)])
    )
    read = relay_module.SQL["after"]
    rows = await service.store.pool.fetch(read, "0", 0, 2_000, relay_module.BYTES)
    assert sum(len(row["body"]) for row in rows) < relay_module.BYTES + 500_001
    assert len(await service.store.pool.fetch(read, "0", 0, 2_000, 1)) == 1
    async with relaying(Relay(service.settings)):
        await all_published(service)
    assert len(await published(service)) == 40
