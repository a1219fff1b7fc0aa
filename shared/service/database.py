"""A service's way to its database, which is of this release and on a server that may write its log."""

from time import monotonic
from typing import Any

import asyncpg

from shared.core.store import NeedsRebase
from shared.observe import metrics
from shared.observe.health import Health
from shared.resilience.transient import Outage
from shared.settings import Settings
from shared.storage.log_order import check_order
from shared.storage.schema_version import SchemaMismatch, check_schema


async def open_database(settings: Settings, health: Health) -> asyncpg.Pool:
    """The service's pool. Errors: `NeedsRebase`, and `Outage` for another schema; `health` knows both."""
    try:
        pool = await asyncpg.create_pool(
            settings.database,
            min_size=1,
            max_size=4,
            command_timeout=30,
            timeout=5,
            init=check_order,
            reset=_leave_as_it_is,
        )
    except NeedsRebase as refused:
        health.condition("publishing", str(refused), monotonic())
        tell_that_nothing_leaves()
        raise
    try:
        await check_schema(pool, settings.service)
    except SchemaMismatch as mismatch:
        health.condition("schema", str(mismatch), monotonic())
        await pool.close()
        raise Outage(str(mismatch)) from mismatch
    except BaseException:
        await pool.close()
        raise
    for name in ("schema", "publishing"):
        health.condition(name, None, monotonic())
    return pool


def tell_that_nothing_leaves() -> None:
    """To whoever watches the metrics alone."""
    metrics.RELAY_REFUSED.set(1)
    metrics.RELAY_AGE.set(float("inf"))


async def _leave_as_it_is(_: Any) -> None:
    """Nothing here changes a session, and a reset would cost a round trip at every release."""
