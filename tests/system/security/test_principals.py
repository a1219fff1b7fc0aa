"""Who gets in and what each may do, on a real Kafka that allows nothing by default."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError, TopicAuthorizationFailedError

from deploy.errors import Trouble
from deploy.events.producer import Publisher, Record, record
from deploy.local.house.house import House
from deploy.local.servers import kafka
from deploy.provisioning.topics import Replication, Topic, pages, provide
from deploy.security import principals
from deploy.security.rights import READ, TOPIC, WRITE, rights
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid
from shared.contracts.topics import TOPICS
from shared.kafka import kafka_address, kafka_client
from shared.resilience.retry import probe
from tests.system.reminder_service import until
from tests.system.security.attempts import enter, read, soon, write

RIGHTS = rights(pages())
WHO = sorted({right.principal for right in RIGHTS})


def forbidden(operation: str) -> list[tuple[str, str]]:
    """Every principal with every topic that its pages do not give it."""
    given = {
        (right.principal, right.name)
        for right in RIGHTS
        if (right.operation, right.kind) == (operation, TOPIC)
    }
    return [(who, topic) for who in WHO for topic in TOPICS if (who, topic) not in given]


async def test_what_a_publisher_says_goes_through_every_service_each_as_itself(secure: House) -> None:
    paid = OrderPaid(order_id="A-1", amount=1999, currency="EUR")
    async with Publisher(secure.kafka.address_as("publisher")) as publisher:
        await publisher.send([record(Event("A-1", "/shop", "C-1", datetime.now(UTC), paid))])
    retention = await asyncpg.connect(secure.services["retention"].database_url)
    insight = await asyncpg.connect(secure.services["insight"].database_url)
    try:
        # It hears conversion alone of what a payment does, and insight hears it from there.
        await until(lambda: retention.fetchval("select count(*) from facts"), 60)
        heard = "select count(*) from positions where topic = 'retention' and next_offset > 0"
        await until(lambda: insight.fetchval(heard), 60)
    finally:
        await retention.close()
        await insight.close()


async def test_a_command_that_may_not_write_says_so_at_once(secure: House) -> None:
    async with asyncio.timeout(60), Publisher(secure.kafka.address_as("insight")) as publisher:
        with pytest.raises(Trouble, match=r"may not.*signals"):
            await publisher.send([Record(b"C-1", b"{}", [])])


@pytest.mark.parametrize(("who", "topic"), forbidden(WRITE))
async def test_nobody_writes_what_is_anothers(secure: House, who: str, topic: str) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        await write(secure.kafka.address_as(who), topic)


@pytest.mark.parametrize(("who", "topic"), forbidden(READ))
async def test_nobody_reads_what_it_does_not_hear(secure: House, who: str, topic: str) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        await read(secure.kafka.address_as(who), topic)


async def test_nobody_joins_anothers_group(secure: House) -> None:
    await read(secure.kafka.address_as("insight"), "conversion", "insight")
    with pytest.raises(GroupAuthorizationFailedError):
        await read(secure.kafka.address_as("insight"), "conversion", "retention")


@pytest.mark.parametrize("who", ["insight", "publisher"])
async def test_nobody_but_the_administrator_makes_topics_or_principals(secure: House, who: str) -> None:
    admin = AIOKafkaAdminClient(**kafka_client(secure.kafka.address_as(who)))
    await admin.start()
    answer = await admin.create_topics([NewTopic("mine", 1, 1)])
    await admin.close()
    assert answer.topic_errors[0][1] == TopicAuthorizationFailedError.errno
    with pytest.raises(Trouble, match="Kafka refused"):
        await principals.provide(secure.kafka.address_as(who), {who: "new"}, RIGHTS)
    with pytest.raises(Trouble, match="Kafka refused principal"):
        await principals.provide(secure.kafka.address_as(who), {"admin": "new"}, [])


async def refused(address: str) -> None:
    """Nobody gets in, by any of our own ways either."""
    with pytest.raises(KafkaError):
        await enter(address)
    with pytest.raises(KafkaError):
        await probe(address)
    assert not kafka.answers(address)


async def test_who_does_not_say_who_he_is_is_refused(secure: House) -> None:
    await refused(secure.kafka.bootstrap)


@pytest.mark.parametrize("who", ["insight", "admin", "stranger"])
async def test_a_wrong_password_is_refused(secure: House, who: str, tmp_path: Path) -> None:
    (tmp_path / "wrong").write_text("wrong")
    right = secure.kafka.address_as(who)
    if who != "stranger":
        await enter(right)
    await refused(right.replace(f"{secure.kafka.secrets}/{who}", str(tmp_path / "wrong")))


async def test_a_name_with_anothers_password_is_refused(secure: House) -> None:
    await refused(secure.kafka.address_as("insight").replace("insight@", "retention@"))


async def test_what_kafka_was_told_outlives_it_and_a_password_can_be_changed(
    secure: House, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text("another-one")
    old = secure.kafka.address_as("operator")
    new = old.replace(f"{secure.kafka.secrets}/operator", str(file))
    await read(old, "dead-letters", "operator")
    await principals.provide(secure.kafka.address, {"operator": "another-one"}, RIGHTS)
    secure.kill("kafka")
    secure.restart("kafka")
    await soon(lambda: read(new, "dead-letters", "operator"))
    await refused(old)
    with pytest.raises(TopicAuthorizationFailedError):
        await write(new, "dead-letters")
    await principals.provide(secure.kafka.address, {"operator": kafka_address(old).password()}, [])


def test_a_house_keeps_the_way_it_was_made(secure: House, house: House) -> None:
    assert House.open(secure.directory, services=[]).kafka.secrets == secure.kafka.secrets
    with pytest.raises(Trouble, match="asks nobody who they are"):
        House.open(house.directory, services=[], secure=True)


async def test_a_kafka_that_allows_everybody_everything_is_named(house: House) -> None:
    with pytest.raises(Trouble, match="has no authorizer"):
        await principals.provide(house.kafka.address, {}, RIGHTS)


async def test_more_copies_than_brokers_is_refused(house: House) -> None:
    with pytest.raises(Trouble, match="Kafka refused topic copied"):
        await provide(house.kafka.address, [Topic("copied", 6, 1)], Replication(3))
    await provide(house.kafka.address, [Topic("copied", 6, 1)], Replication(1))
    with pytest.raises(Trouble, match="topic copied has 1 copies of its records where 2 are asked for"):
        await provide(house.kafka.address, [Topic("copied", 6, 1)], Replication(2))
