"""Only a record's own fault makes it a dead letter: what database, release, topic lack holds and is said."""

from collections.abc import Awaitable, Callable

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import NewPartitions

from deploy.provisioning.databases import Database
from deploy.recovery.positions import apply, moves, standings
from shared.contracts.event import encode
from shared.service.monitor import _look_ahead
from tests.shared.core.reminders import requested
from tests.system.consume.topics import admin, make_again, says
from tests.system.database_faults import DatabaseFaults, missing_grant, old_schema, standby
from tests.system.failing_rules import UNKNOWN, FailingRules, goes_on, holds
from tests.system.reminder_service import PARTITIONS, ReminderService, hearing, until
from tests.system.requests import all_taken, all_told, heard_once, requests

MORE = PARTITIONS + 2


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        (old_schema, "UndefinedColumnError"),
        (missing_grant, "InsufficientPrivilegeError"),
        (standby, "ReadOnlySQLTransactionError"),
    ],
)
async def test_what_a_database_refuses_to_all_holds_and_is_said_and_nothing_becomes_a_dead_letter(
    service: ReminderService,
    faults: DatabaseFaults,
    change: Callable[[DatabaseFaults, bool], Awaitable[None]],
    refused: str,
) -> None:
    await service.publish(*requests(120))
    await change(faults, True)
    for _ in range(2):
        async with hearing(service.consumer()) as consumer:
            await holds(consumer, f"PostgreSQL refuses: {refused}")
    async with hearing(service.consumer()) as consumer:
        await holds(consumer, refused)
        assert (await service.facts(), await service.dead_letters()) == ([], [])
        await change(faults, False)
        await all_taken(service, 120)
        await goes_on(consumer)
    await heard_once(service, 120)
    assert await service.dead_letters() == []


async def test_a_fact_of_a_newer_release_holds_its_partition_and_no_other(
    service: ReminderService, faults: DatabaseFaults
) -> None:
    await faults.owner(
        "insert into facts (stream, version, id, type, partition, happened, recorded, body) values "
        "('reminder-customer-3', 1, gen_random_uuid(), 'reminder.read', 0, now(), now(), "
        f"'{UNKNOWN.decode()}')"
    )
    await service.publish(*requests(200))
    for _ in range(2):
        async with hearing(service.consumer()) as consumer:
            await holds(consumer, "a stream of category reminder cannot be read by this release")
            await until(lambda: _more_than(service, 100))
    assert await service.dead_letters() == []
    async with hearing(service.consumer()) as consumer:
        await holds(consumer, "cannot be read")
        await faults.owner("delete from facts where type = 'reminder.read'")
        await all_taken(service, 200)
        await goes_on(consumer)
    await heard_once(service, 200)
    assert await service.dead_letters() == []


async def test_what_comes_while_a_batch_is_held_is_lag(
    service: ReminderService, faults: DatabaseFaults
) -> None:
    """It is not fetched, so that the client does not hear of it by itself."""
    await missing_grant(faults, True)
    await service.publish(*requests(120))
    async with hearing(service.consumer()) as consumer:
        await holds(consumer, "PostgreSQL refuses")
        await service.publish(*requests(2_000, start=120))
        await _look_ahead(consumer)
        assert consumer.assignment.lag(consumer.client) == {service.topic: 2_120}


async def _more_than(service: ReminderService, count: int) -> bool:
    return len(await service.facts()) > count


async def test_the_one_value_that_a_table_refuses_is_isolated_and_all_others_are_taken(
    service: ReminderService, faults: DatabaseFaults
) -> None:
    await faults.owner("alter table facts add constraint no_such_key check (key <> 'forbidden')")
    async with hearing(service.consumer()) as consumer:
        await service.publish(requested("g", "forbidden"), *requests(300))
        await all_taken(service, 301)
        await goes_on(consumer)
    await heard_once(service, 300)
    [reason] = await service.dead_letters()
    assert reason.startswith("CheckViolationError: new row for relation")


async def test_a_rule_that_fails_for_one_event_isolates_that_one(service: ReminderService) -> None:
    rules = FailingRules(bad={"w0", "w1", "w150"})
    await service.publish(*requests(300))
    async with hearing(service.consumer(rules.handler(service))) as consumer:
        await all_taken(service, 300)
        await goes_on(consumer)
    await heard_once(service, 297)
    assert await service.dead_letters() == ["ZeroDivisionError: no channel left"] * 3


async def test_a_rule_that_fails_for_all_holds_at_every_start_and_goes_on_once_mended(
    service: ReminderService,
) -> None:
    rules = FailingRules(broken=True)
    await service.publish(*requests(200))
    for _ in range(3):
        async with hearing(service.consumer(rules.handler(service))) as consumer:
            await holds(
                consumer, "no other reminder.requested could be written since it failed: ZeroDivisionError"
            )
            assert await service.dead_letters() == []
    async with hearing(service.consumer(rules.handler(service))) as consumer:
        await holds(consumer, "reminder.requested")
        rules.broken = False
        await all_taken(service, 200)
        await goes_on(consumer)
    await heard_once(service, 200)
    assert await service.dead_letters() == []


async def test_one_alone_is_held_until_another_of_its_type_was_written(service: ReminderService) -> None:
    rules = FailingRules(bad={"w0"})
    await service.publish(*requests(1))
    async with hearing(service.consumer(rules.handler(service))) as consumer:
        await holds(consumer, "no other reminder.requested could be written")
        assert await service.dead_letters() == []
        await service.publish(*requests(20, start=1))
        await all_taken(service, 21)
        await goes_on(consumer)
    assert await service.dead_letters() == ["ZeroDivisionError: no channel left"]
    await heard_once(service, 20)


async def grow(service: ReminderService) -> None:
    """As somebody does who knows that Kafka scales by partitions; returns once a new producer sees them."""

    async def is_seen() -> bool:
        async with AIOKafkaProducer(bootstrap_servers=service.settings.kafka) as producer:
            return len(await producer.partitions_for(service.topic)) == MORE

    async with admin(service) as client:
        await client.create_partitions({service.topic: NewPartitions(MORE)})
    await until(is_seen)


async def test_what_comes_on_a_topic_that_has_grown_is_no_dead_letter_and_its_service_holds(
    service: ReminderService, database: Database
) -> None:
    async with hearing(service.consumer()) as consumer:
        await service.publish(*requests(60))
        await all_taken(service, 60)
        await grow(service)
        await service.publish(*requests(100, start=60))
        grown = f"topic {service.topic} has {MORE} partitions and not {PARTITIONS}"
        await says(consumer, "position", grown, seconds=30)
        await make_again(service)
        await service.publish(*requests(100, start=60))  # as it is told
        await says(consumer, "position", "was deleted and made again", seconds=30)
        found = await standings(service.settings.kafka, database.owner_url)
        await apply(database.owner_url, moves(found, service.topic))
        await all_told(service, 160)
    await heard_once(service, 160)
    assert await service.dead_letters() == []


async def test_a_key_astray_on_a_topic_that_is_as_it_should_be_is_its_senders_fault(
    service: ReminderService,
) -> None:
    async with hearing(service.consumer()):
        async with AIOKafkaProducer(bootstrap_servers=service.settings.kafka) as producer:
            astray = encode(requested("astray", "customer-3"))
            for partition in range(PARTITIONS):
                await producer.send(service.topic, astray, b"customer-3", partition)
        await service.publish(*requests(60))
        await all_taken(service, 60 + PARTITIONS)
    await heard_once(service, 61)
    assert len(await service.dead_letters()) == PARTITIONS - 1
