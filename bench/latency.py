"""From publish to alert: customers under alert come back in the middle of a steady half load."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from bench import log, stores
from bench.figures import percentiles
from bench.ground import Ground, caught_up
from bench.programs import answer
from bench.sizes import SIGNALS

RESOLVED = "insight.churn_risk_resolved"
BUYERS = "select customer, alert is not null as standing from buyers order by customer"


def latency(ground: Ground, full: float) -> dict[str, Any]:
    """Milliseconds from the call that publishes a return to the broker's time of the resolved alert.

    `full` is what insight takes at most, in events a second.
    """
    ground.bring_back("insight", ground.ends(SIGNALS))
    people, start = _people(ground), ground.ends("insight")
    with ground.running("insight") as service:
        service.until(service.ready, 60.0, "insight to be ready")
        published = _load(ground, people, full / 2)
        ends = ground.ends(SIGNALS)
        service.until(lambda: caught_up(service, ends), 60.0, "insight to take the load")
    came = asyncio.run(log.read(ground.bootstrap, "insight", start))
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


def _people(ground: Ground) -> dict[str, list[str]]:
    rows = stores.ask(ground.record("insight").owner_url, BUYERS)
    standing = [row["customer"] for row in rows if row["standing"]]
    return {
        "buyers": [row["customer"] for row in rows if not row["standing"]],
        "returning": standing[:: max(1, len(standing) // ground.sizes.returns)][: ground.sizes.returns],
    }


def _load(ground: Ground, people: dict[str, list[str]], rate: float) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".json", dir=ground.house.directory) as file:
        json.dump(people, file)
        file.flush()
        seconds = ground.sizes.load_seconds
        arguments = (ground.bootstrap, str(int(rate * seconds)), str(seconds), str(Path(file.name)))
        return answer("bench.load", arguments, ground.logs / "load.log")[0]
