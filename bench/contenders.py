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

from bench import stores
from bench.figures import Run
from bench.ground import Ground, caught_up, judged
from bench.programs import answer
from bench.sizes import SIGNALS

PATIENCE = 180.0
FIRST_FACT = "select extract(epoch from min(recorded))::float8 from facts"
FIRST_TOLD = """select extract(epoch from min(recorded))::float8 from timeline
    where happened >= $1"""


@dataclass(frozen=True)
class Contender:
    """`key` names it in the report; `run` measures it once, given how many runs came before."""

    key: str
    what: str
    run: Callable[[Ground, int], Run]


def stage(ground: Ground, _: int) -> Run:
    """Signal to decided, stored, and on the stage's topic."""
    ground.bring_back("conversion", ground.start)
    ends, before = ground.ends(SIGNALS), sum(ground.ends("conversion").values())
    url = ground.record("conversion").owner_url
    with ground.running("conversion") as service:
        last = service.until(lambda: caught_up(service, ends), PATIENCE, "conversion to drain the topic")
    published = sum(ground.ends("conversion").values()) - before
    if published < ground.sizes.rush:
        raise RuntimeError(f"conversion published {published} records of {ground.sizes.rush}")
    first = stores.ask(url, FIRST_FACT)[0][0]
    return service.meter.run(ground.sizes.rush, first, last)


def insight(ground: Ground, _: int) -> Run:
    """Fact to durable timeline, journey and risk: the week's seven mornings judged, its refit made."""
    ground.bring_back("insight", ground.start)
    ends, week_end = ground.ends(SIGNALS), (ground.sizes.present + timedelta(weeks=1)).date()
    url = ground.record("insight").owner_url
    with ground.running("insight") as service:
        service.until(lambda: caught_up(service, ends), PATIENCE, "insight to drain the topic")
        last = service.until(lambda: judged(service, week_end), PATIENCE, "insight to judge the week")
    first = stores.ask(url, FIRST_TOLD, ground.sizes.present)[0][0]
    return service.meter.run(ground.sizes.rush, first, last)


def peer(module: str, events: Callable[[Ground], int], ground: Ground, turn: int) -> Run:
    """A peer on the same records, with a new database, consumer group and state directory."""
    database = stores.empty(ground.admin, "bench")
    with tempfile.TemporaryDirectory(dir=ground.house.directory) as state:
        group = f"bench-{module}-{turn}"
        arguments = (ground.bootstrap, database, SIGNALS, group, str(events(ground)), state)
        said, meter = answer(f"bench.peers.{module}", arguments, ground.logs / f"{module}.log")
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
