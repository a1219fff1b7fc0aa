"""From publish to alert: customers under alert come back in the middle of a steady half load."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from bench.figures import percentiles
from bench.load import log
from bench.load.sizes import SIGNALS
from bench.testbed import stores
from bench.testbed.programs import answer
from bench.testbed.testbed import Testbed, caught_up

RESOLVED = "insight.churn_risk_resolved"
BUYERS = "select customer, alert is not null as standing from people order by customer"


def latency(testbed: Testbed, full: float) -> dict[str, Any]:
    """Milliseconds from the call that publishes a return to the broker's time of the resolved alert.

    `full` is what insight takes at most, in events a second.
    """
    testbed.bring_back("insight", testbed.ends(SIGNALS))
    people, start = _people(testbed), testbed.ends("insight")
    with testbed.running("insight") as service:
        service.until(service.ready, 60.0, "insight to be ready")
        published = _load(testbed, people, full / 2)
        ends = testbed.ends(SIGNALS)
        service.until(lambda: caught_up(service, ends), 60.0, "insight to take the load")
    came = asyncio.run(log.read(testbed.bootstrap, "insight", start))
    resolved = {event["subject"]: moment for moment, event in came if event["type"] == RESOLVED}
    sent = published["sent"]
    delays = [
        (resolved[customer] - moment) * 1000 for customer, moment in sent.items() if customer in resolved
    ]
    return {
        "published_events_per_second": round(published["per_second"], 1),
        "returns": len(sent),
        "resolved": len(delays),
        "milliseconds": percentiles(delays),
    }


def _people(testbed: Testbed) -> dict[str, list[str]]:
    rows = stores.ask(testbed.record("insight").owner_url, BUYERS)
    standing = [row["customer"] for row in rows if row["standing"]]
    return {
        "buyers": [row["customer"] for row in rows if not row["standing"]],
        "returning": standing[:: max(1, len(standing) // testbed.sizes.returns)][: testbed.sizes.returns],
    }


def _load(testbed: Testbed, people: dict[str, list[str]], rate: float) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".json", dir=testbed.house.directory) as file:
        json.dump(people, file)
        file.flush()
        seconds = testbed.sizes.load_seconds
        arguments = (testbed.bootstrap, str(int(rate * seconds)), str(seconds), str(Path(file.name)))
        return answer("bench.load.steady", arguments, testbed.logs / "load.log")[0]
