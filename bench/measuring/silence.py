"""Silence: mornings come and nothing else does; each alert's delay after the deadline that its `time` says.

The shop's clock runs as fast as the wall's around midnight and skips the day between: nothing is due there.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

import asyncpg

from bench.figures import SILENCE_BAR_S, percentiles
from bench.load import log
from bench.load.events import heartbeats
from bench.load.sizes import ORIGIN, SIGNALS
from bench.testbed.testbed import JUDGED, SILENT, Testbed
from deploy.ticker import until_next

RAISED = "insight.churn_risk_raised"
COUNT = "select count(*) from facts where type = $1 and happened > $2"
BEFORE = 0.4
MOST_NIGHTS = 60
NIGHT_SECONDS = 15.0


def silence(testbed: Testbed) -> dict[str, Any]:
    """Seconds from deadline to the broker's time of the alert; nothing but heartbeats is sent."""
    testbed.bring_back("insight", testbed.ends(SIGNALS))
    start = testbed.ends("insight")
    with testbed.running("insight") as service:
        service.until(service.ready, 60.0, "insight to be ready")
        midnights = asyncio.run(_nights(testbed))
    came = asyncio.run(log.read(testbed.bootstrap, "insight", start))
    alerts = [
        (moment, datetime.fromisoformat(event["time"])) for moment, event in came if event["type"] == RAISED
    ]
    return told([(due, moment - midnights[due]) for moment, due in alerts if due in midnights])


def told(delays: Sequence[tuple[datetime, float]]) -> dict[str, Any]:
    """What is reported of the delays (seconds) after their deadlines; mornings with a refit apart too."""
    refits = [delay for due, delay in delays if (due - ORIGIN).days % 7 == 0]
    return {
        "alerts": len(delays),
        "in_time": sum(delay <= SILENCE_BAR_S for _, delay in delays),
        "nights": len({due for due, _ in delays}),
        "seconds": percentiles([delay for _, delay in delays]),
        "alerts_after_a_refit": len(refits),
        "seconds_after_a_refit": percentiles(refits) if refits else None,
    }


async def _nights(testbed: Testbed) -> dict[datetime, float]:
    """When by the wall clock (seconds since the epoch) each deadline passed, until enough alerts came."""
    midnights: dict[datetime, float] = {}
    connection = await asyncpg.connect(testbed.record("insight").owner_url)
    async with log.producer(testbed.bootstrap) as client:
        for night in range(1, MOST_NIGHTS + 1):
            midnight = testbed.sizes.present + timedelta(days=night)
            # A morning is a full second, as the ticks are.
            passes = float(ceil(time.time() + BEFORE))
            midnights[midnight] = passes
            await _night(client, connection, midnight, passes)
            if await connection.fetchval(COUNT, RAISED, testbed.sizes.present) >= testbed.sizes.alerts:
                break
    await connection.close()
    return midnights


async def _night(client: Any, connection: Any, midnight: datetime, passes: float) -> None:
    """The house's own ticks go on until every partition has judged the morning and all is published."""
    deadline = passes + NIGHT_SECONDS
    while True:
        await log.send_all(client, heartbeats(midnight + timedelta(seconds=time.time() - passes)))
        judged = await connection.fetchval(JUDGED, midnight)
        if judged and await connection.fetchval(SILENT):
            return
        if time.time() > deadline:
            raise TimeoutError(f"the morning of {midnight:%Y-%m-%d} was not judged in {NIGHT_SECONDS:.0f} s")
        await asyncio.sleep(until_next(datetime.now(UTC)))
