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
from tests.system.reminder_service import Restaurant, lying, relaying, until

HEADERS = [(f"{n % 10}", None) for n in range(260_000)]
"""780 kB on the wire, three times as much when each is told as one of the original's."""


def letter(offset: int, key: bytes | None, body: bytes | None, headers: Any = ()) -> DeadLetter:
    return DeadLetter("wishes", 2, offset, key, body, list(headers), "not JSON", NOON)


async def test_a_dead_letter_of_any_size_is_published_once_beside_its_neighbours(place: Restaurant) -> None:
    bomb = letter(2, b"soft", b"\0" * 3_000_000)
    wide = letter(3, b"soft", b"{", HEADERS)
    keyed = letter(4, b"k" * 2_500_000, None)
    async with relaying(Relay(place.settings)):
        await place.store.commit(
            Changes(
                facts=[fact("egg", n) for n in range(1, 11)],
                dead_letters=[letter(1, None, None), bomb, wide, keyed, letter(5, b"", b"last")],
            )
        )
        await all_published(place)
    assert await published(place) == [f"egg/{n}" for n in range(1, 11)]
    told = {dict(each.headers)["evergreen-offset"]: each for each in await letters(place)}
    assert [dict(each.headers)["evergreen-offset"] for each in await letters(place)] == [
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
    kept = await place.store.pool.fetchval("select body from dead_letters where offset_ = 2")
    assert kept == bomb.body


async def limit(place: Restaurant, topic: str, largest: int) -> None:
    admin = AIOKafkaAdminClient(**kafka_client(place.settings.kafka))
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
    place: Restaurant,
) -> None:
    large = fact("egg", 6)._replace(body=random.Random(6).randbytes(1_200_000))
    facts = [fact("egg", n) for n in range(1, 6)] + [large]
    facts += [fact(f"egg-{n}", 1, partition=n % 6) for n in range(50)]
    async with relaying(Relay(place.settings)) as relay:
        await place.store.commit(Changes(facts=facts))
        assert re.fullmatch(
            r"Kafka does not take the fact at position \d+ of the log \(120\d{4} bytes\) on topic \w+: "
            r"MessageSizeTooLargeError: raise max.message.bytes of that topic .*",
            await refused(relay),
        )
        tried = await rebuilt()
        await until(lambda: rebuilt(beyond=tried + 2))  # it is tried again and again
        assert await published(place) == [f"egg/{n}" for n in range(1, 6)]
        await limit(place, place.topic, 2_000_000)
        await all_published(place)
        assert relay.problem is None
    told = [record.value for record in await lying(place.settings.kafka, place.topic)]
    assert sorted(told) == sorted(each.body for each in facts)


async def test_a_limit_that_is_lower_than_ours_stops_at_the_record_and_keeps_what_was_taken(
    place: Restaurant,
) -> None:
    await limit(place, place.topic, 20_000)
    large = [fact("large", n)._replace(body=random.Random(n).randbytes(30_000)) for n in range(1, 3)]
    async with relaying(Relay(place.settings)) as relay:
        await place.store.commit(Changes(facts=[fact("egg", 1, partition=1), *large, fact("egg", 2, 1)]))
        assert "MessageSizeTooLargeError" in await refused(relay)
        await limit(place, place.topic, 1_048_588)
        await all_published(place)
    told = [record.value for record in await lying(place.settings.kafka, place.topic)]
    assert [body for body in told if body in [each.body for each in large]] == [each.body for each in large]
    assert told.count(b"egg/1") == 1


async def test_a_topic_that_is_gone_is_named_until_it_is_there(place: Restaurant) -> None:
    settings = replace(place.settings, service=f"{place.topic}x")
    async with relaying(Relay(settings)) as relay:
        await place.store.commit(Changes(facts=[fact("egg", 1)]))
        assert "on topic" in await refused(relay)
        assert "evergreen provision" in await refused(relay)
        await topics.provide(place.settings.kafka, [topics.Topic(settings.service, 6, retention_days=1)])
        await all_published(place, seconds=40)


async def test_a_page_is_bounded_by_bytes(place: Restaurant) -> None:
    await place.store.commit(
        Changes(facts=[fact("egg", n)._replace(body=bytes(500_000)) for n in range(1, 41)])
    )
    read = relay_module.SQL["after"]
    rows = await place.store.pool.fetch(read, "0", 0, 2_000, relay_module.BYTES)
    assert sum(len(row["body"]) for row in rows) < relay_module.BYTES + 500_001
    assert len(await place.store.pool.fetch(read, "0", 0, 2_000, 1)) == 1
    async with relaying(Relay(place.settings)):
        await all_published(place)
    assert len(await published(place)) == 40
