"""Events lie on Kafka compressed, whoever wrote them."""

from pathlib import Path

from deploy.local.house.house import House
from deploy.provisioning import topics
from shared.core.store import Changes
from shared.publish.relay import Relay
from tests.system.kafka import contents, publish
from tests.system.publish.publishing import all_published, fact
from tests.system.reminder_service import ReminderService, relaying

BODY = b'{"specversion":"1.0","source":"/shop","type":"order.paid","subject":"%d","data":{"amount":1990}}'


def lies(house: House, topic: str) -> int:
    """Bytes of the topic on the broker's disk."""
    assert house.kafka.data is not None
    logs = Path(house.kafka.data).glob(f"{topic}-[0-9]/*.log")
    return sum(log.stat().st_size for log in logs)


async def test_what_the_relay_publishes_takes_a_fraction_of_its_size(
    house: House, service: ReminderService
) -> None:
    facts = [fact("reminder", n)._replace(body=BODY % n) for n in range(1, 1_001)]
    async with relaying(Relay(service.settings)):
        await service.store.commit(Changes(facts=facts))
        await all_published(service)
    assert 0 < lies(house, service.topic) < sum(len(each.body) for each in facts) / 4


async def test_what_others_publish_uncompressed_is_compressed_on_signals(
    house: House, service: ReminderService
) -> None:
    [signals] = [topic for topic in topics.topics() if topic.name == "signals"]
    name = f"{service.topic}-signals"
    await topics.provide(service.settings.kafka, [topics.Topic(name, 6, 1, compression=signals.compression)])
    bodies = [BODY % n for n in range(1_000)]
    await publish(service.settings.kafka, name, bodies)
    assert 0 < lies(house, name) < sum(map(len, bodies)) / 2
    assert sorted(await contents(service.settings.kafka, name)) == sorted(bodies)
