"""Who is measured, and one run of each: from the first record in hand to the last one durable, and from the
start of the process.

Of a service the first moment known from outside is when its first batch was decoded and stamped: some
2,000 of the 60,000 events were parsed before, which favours it by a hundredth.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bench.figures import Run
from bench.load.sizes import SIGNALS
from bench.testbed import stores
from bench.testbed.programs import answer
from bench.testbed.testbed import Testbed, caught_up, judged

PATIENCE = 180.0
FIRST_FACT = "select extract(epoch from min(recorded))::float8 from facts"
FIRST_TOLD = """select extract(epoch from min(recorded))::float8 from timeline
    where happened >= $1"""


@dataclass(frozen=True)
class Contender:
    """`key` names it in the report; `run` measures it once, given how many runs came before."""

    key: str
    what: str
    run: Callable[[Testbed, int], Run]


def stage(testbed: Testbed, _: int) -> Run:
    """Signal to decided, stored, and on the stage's topic."""
    testbed.bring_back("conversion", testbed.start)
    ends, before = testbed.ends(SIGNALS), sum(testbed.ends("conversion").values())
    url = testbed.record("conversion").owner_url
    with testbed.running("conversion") as service:
        last = service.until(lambda: caught_up(service, ends), PATIENCE, "conversion to drain the topic")
    published = sum(testbed.ends("conversion").values()) - before
    if published < testbed.sizes.rush:
        raise RuntimeError(f"conversion published {published} records of {testbed.sizes.rush}")
    first = stores.ask(url, FIRST_FACT)[0][0]
    return service.meter.run(testbed.sizes.rush, first, last)


def insight(testbed: Testbed, _: int) -> Run:
    """Fact to durable timeline, journey and risk: the week's seven mornings judged, its refit made."""
    testbed.bring_back("insight", testbed.start)
    ends, week_end = testbed.ends(SIGNALS), testbed.sizes.present + timedelta(weeks=1)
    url = testbed.record("insight").owner_url
    with testbed.running("insight") as service:
        service.until(lambda: caught_up(service, ends), PATIENCE, "insight to drain the topic")
        last = service.until(lambda: judged(service, week_end), PATIENCE, "insight to judge the week")
    first = stores.ask(url, FIRST_TOLD, testbed.sizes.present)[0][0]
    return service.meter.run(testbed.sizes.rush, first, last)


def peer(module: str, events: Callable[[Testbed], int], testbed: Testbed, turn: int) -> Run:
    """A peer on the same records, with a new database, consumer group and state directory."""
    database = stores.empty(testbed.admin, "bench")
    with tempfile.TemporaryDirectory(dir=testbed.house.directory) as state:
        group = f"bench-{module}-{turn}"
        arguments = (testbed.bootstrap, database, SIGNALS, group, str(events(testbed)), state)
        said, meter = answer(f"bench.peers.{module}", arguments, testbed.logs / f"{module}.log")
    return meter.run(int(said["events"]), said["first"], said["last"])


CONTENDERS = (
    Contender("stage", "conversion: decided, stored and published", stage),
    Contender("insight", "insight: timeline, journey and risk durable", insight),
    Contender(
        "raw", "(a) raw limit: getmany(2000), orjson, unnest",
        partial(peer, "raw", lambda g: g.sizes.rush),
    ),
    Contender(
        "one_by_one", "(b) FastStream default handler, pydantic, a transaction each",
        partial(peer, "one_by_one", lambda g: g.sizes.one_by_one),
    ),
    Contender(
        "sourced", "(c) eventsourcing on PostgreSQL, get and save each",
        partial(peer, "sourced", lambda g: g.sizes.sourced),
    ),
    Contender(
        "quix", "(d) Quix Streams, exactly once, timeline and row in RocksDB",
        partial(peer, "quix", lambda g: g.sizes.rush),
    ),
    Contender(
        "quix_row", "    the same without the timeline: the customer's row alone",
        partial(peer, "quix_row", lambda g: g.sizes.rush),
    ),
)  # fmt: skip
