"""What insight rehearses is the record in hand: one that it knows, or time that passes, proves nothing."""

from typing import Any

import asyncpg
import pytest
from aiokafka import ConsumerRecord

from deploy.provisioning.databases import Database
from services.insight.app import SERVICE, InsightHandler
from shared.consume.admission import AdmissionPolicy
from shared.consume.partitioner import partition_of
from shared.consume.rehearsal import rehearse
from shared.core.batch import Batch, Heard
from shared.service.runtime import ServiceContext
from tests.insight.cdnow_records import EIGHTH, PARTITIONS, batches, records

pytestmark = pytest.mark.system
BATCHES = list(batches(records(EIGHTH), 250))
POLICY = AdmissionPolicy(SERVICE.hears, frozenset(), frozenset(), lambda key: partition_of(key, PARTITIONS))


def as_record(heard: Heard, offset: int) -> Any:
    key = heard.event.subject.encode()
    return ConsumerRecord(
        heard.topic, heard.partition, offset, 0, 0, key, heard.body, None, len(key), len(heard.body), ()
    )


def purchases(said: Batch) -> list[Heard]:
    return [heard for heard in said.heard if heard.event.subject]


async def at(insight: ServiceContext) -> dict[tuple[str, int], int]:
    rows = await insight.store.pool.fetch("select topic, partition, next_offset from positions")
    return {(row[0], row[1]): row[2] for row in rows}


async def test_a_purchase_that_was_told_already_proves_nothing(
    handler: InsightHandler, insight: ServiceContext
) -> None:
    await handler.handle(BATCHES[0])
    positions = await at(insight)
    known, new = purchases(BATCHES[0])[0], purchases(BATCHES[1])[0]
    tried = {
        heard.event.id: await rehearse(
            POLICY, handler, positions, as_record(heard, positions["signals", heard.partition])
        )
        for heard in (known, new)
    }
    assert tried == {known.event.id: False, new.event.id: True}


async def test_time_that_can_pass_proves_nothing(
    handler: InsightHandler, insight: ServiceContext, database: Database
) -> None:
    handler.judge.partitions = frozenset()
    *before, last = (each for each in BATCHES if purchases(each))
    for each in before:
        await handler.handle(each)
    handler.judge.partitions = frozenset(range(PARTITIONS))
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute("alter table timeline add constraint broken check (type <> 'order.paid') not valid")
    await owner.close()
    positions = await at(insight)
    new = purchases(last)[0]
    record = as_record(new, positions["signals", new.partition])
    assert not await rehearse(POLICY, handler, positions, record)
