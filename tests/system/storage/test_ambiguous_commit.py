"""A connection that breaks at COMMIT says nothing about what became of it: a batch is applied once."""

from dataclasses import replace

import asyncpg
import pytest

from shared.storage.postgres import PostgresStore
from tests.shared.core.reminders import requested
from tests.system.cut_wire import When, wire
from tests.system.reminder_service import ReminderService, hearing
from tests.system.requests import all_taken, heard_once


@pytest.mark.parametrize("when", ["before the commit", "before its reply"])
async def test_a_connection_cut_at_commit_applies_the_batch_exactly_once(
    service: ReminderService, when: When
) -> None:
    await service.publish(*(requested(f"w{n}", "one customer") for n in range(400)))
    async with wire(service.settings.database, when, spared=2, times=2) as (cut, url):
        async with asyncpg.create_pool(url, min_size=1, max_size=2) as pool:
            through = replace(service, store=PostgresStore(pool))
            async with hearing(through.consumer(batch=40)):
                await all_taken(service, 400)
        assert cut.left <= 0
    await heard_once(service, 400)
    assert await service.dead_letters() == []
