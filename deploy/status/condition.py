"""The condition of each part of a house: running, ready, how far behind, how often it was started again."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

from deploy.local.house import closing, metrics, release
from deploy.local.house.house import House
from deploy.local.house.record import WALL, Process
from deploy.local.house.services import condition
from deploy.local.process import restarts
from deploy.local.process.apart import apart
from deploy.local.process.restarts import Restarts
from deploy.local.servers import kafka, postgres
from deploy.status import lag

ANOTHER = "runs another release than the one that lies here: `evergreen down`, then `evergreen up`"


@dataclass(frozen=True)
class Part:
    """A server or a process of a service. None: not known, or not a thing that this part has.

    `not_ready` says why it is not ready, by what it is that is wrong, in the words of its /readyz;
    `attention` what else should be known of it.
    """

    name: str
    pid: int | None
    ready: bool
    lag: int | None = None
    relay_depth: int | None = None
    dead_letters: int | None = None
    not_ready: Mapping[str, str] = field(default_factory=dict)
    restarts: Restarts = field(default_factory=Restarts)
    attention: Mapping[str, str] = field(default_factory=dict)


def examine(house: House) -> list[Part]:
    """Every part of the house, the servers first; all are asked at once."""
    again = restarts.read(closing.pids(house.directory))
    with ThreadPoolExecutor(8) as pool:
        broker = pool.submit(kafka.answers, house.kafka.address)
        server = pool.submit(postgres.answers, house.postgres.admin_url)
        parts = [
            _server("kafka", house.kafka.pid, broker.result(), again),
            _server("postgres", house.postgres.pid, server.result(), again),
        ]
        behind = apart(lag.by_service(house)) if all(part.ready for part in parts) else {}
        asked = [
            pool.submit(partial(_process, process, record, behind.get(process), again))
            for name, service in house.services.items()
            for process, record in service.processes(name).items()
        ]
        found = [*parts, *(each.result() for each in asked), *_helpers(house, again)]
    others = release.others(closing.pids(house.directory))
    return [_of_another(part) if part.name in others else part for part in found]


def _of_another(part: Part) -> Part:
    return replace(part, attention={**part.attention, "release": ANOTHER})


def _server(name: str, pid: int | None, ready: bool, again: Mapping[str, Restarts]) -> Part:
    wrong = {} if ready else {"server": "does not answer"}
    return Part(name, pid, ready, not_ready=wrong, restarts=again.get(name, Restarts()))


def _helpers(house: House, again: Mapping[str, Restarts]) -> list[Part]:
    """The ticker, unless time comes from the sources alone; the supervisor, where the house is watched."""
    ticker, supervisor = house.ticker, house.supervisor
    found = [("ticker", ticker.pid)] if ticker.clock == WALL else []
    found += [("supervisor", supervisor.pid)] if supervisor.watches else []
    return [
        Part(name, pid, pid is not None, not_ready=_down(pid), restarts=again.get(name, Restarts()))
        for name, pid in found
    ]


def _down(pid: int | None) -> dict[str, str]:
    return {} if pid else {"process": "does not run"}


def _process(name: str, record: Process, behind: int | None, again: Mapping[str, Restarts]) -> Part:
    """What is behind is so for all processes of a service together, and stands with the first."""
    down = _down(record.pid)
    wrong, attention = (down, {}) if down else condition(record.health_url)
    numbers = metrics.read(record.metrics_url)
    return Part(
        name,
        record.pid,
        not wrong,
        behind,
        numbers.get("evergreen_relay_depth"),
        # A counter by topic says nothing before the first.
        numbers.get("evergreen_dead_letters_total", 0) if numbers else None,
        wrong,
        again.get(name, Restarts()),
        attention,
    )
