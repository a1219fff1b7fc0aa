"""A whole house on this machine: Kafka, PostgreSQL and the services, opened, broken, mended and closed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import Any

from deploy.errors import Trouble
from deploy.local.house import closing, opening
from deploy.local.house.programs import wanted, wanted_again
from deploy.local.house.record import (
    WALL,
    KafkaRecord,
    PostgresRecord,
    ServiceRecord,
    SupervisorRecord,
    TickerRecord,
    read,
)
from deploy.local.house.servers import SERVERS
from deploy.local.house.services import SUPERVISOR, TICKER
from deploy.local.process import pid_files, processes
from deploy.local.process.pid_files import Running
from deploy.local.process.starting import raise_up
from shared.contracts.topics import STAGES

NOTHING: Mapping[str, Any] = MappingProxyType({})
Tell = Callable[[str], None]


def _silent(_: str) -> None:
    return None


@dataclass
class House:
    """house.json, and what can be done with the house. Every stage has a record, whether it runs or not."""

    directory: Path
    kafka: KafkaRecord
    postgres: PostgresRecord
    services: dict[str, ServiceRecord]
    ticker: TickerRecord
    supervisor: SupervisorRecord
    topics: list[str]
    partitions: int
    unready: list[str] = field(default_factory=list, repr=False, compare=False)
    _closing: Event = field(default_factory=Event, repr=False, compare=False)

    @classmethod
    def open(  # noqa: PLR0913 - a house is asked for in one call, each wish by its name
        cls,
        directory: Path,
        *,
        services: Sequence[str] = STAGES,
        kafka: str | None = None,
        postgres: str | None = None,
        fresh: bool = False,
        env: Mapping[str, str] = NOTHING,
        ports: Mapping[str, int] = NOTHING,
        clock: str | None = None,
        secure: bool = False,
        scale: Mapping[str, int] = NOTHING,
        watched: bool | None = None,
        tell: Tell = _silent,
    ) -> "House":
        """The house, provisioned, these services ready. What runs is left alone, what is dead is started.

        kafka (host:port) and postgres (an administrator's URL) name servers from outside: provisioned, never
        started or stopped. ports are by name: kafka, kafka-controller, postgres and each service. env goes to
        the services started now. clock is wall (a ticker runs) or log (sources alone say how late it is),
        scale how many processes a service has, watched whether a supervisor starts again what dies: as they
        were where nothing is said; log, one each, unwatched in a new house. fresh forgets all data first.
        secure: a new house's Kafka asks everybody who they are; one that is there keeps its way. tell hears
        what goes on by lines. A service that says what is to be mended is left running, and its words are in
        `unready`: whatever mends it wants the house.
        Trouble says what is in the way; nothing that this call started is left running then.
        """
        directory = directory.resolve()
        with closing.held(directory, tell):
            if fresh:
                closing.shut(directory)
                closing.empty(directory)
            house = cls(**opening.found_or_planned(directory, kafka, postgres, ports, secure))
            house.ticker.clock = clock or house.ticker.clock
            house.supervisor.watches = house.supervisor.watches if watched is None else watched
            opening.scale(directory, house.services, scale)
            house._open(services, env, tell)
        return house

    @classmethod
    def load(cls, path: Path) -> "House":
        """The house that a house.json (or the directory with it) describes, with the pids that run now."""
        record = read(path)
        closing.look(record)
        return cls(**record)

    def start_service(self, name: str, env: Mapping[str, str] | None = None) -> None:
        """Starts what of it does not run, and waits until it is ready. env replaces what it had before."""
        record = self.services.get(name)
        if record is None:
            raise Trouble(f"there is no service {name}: there are {', '.join(self.services)}")
        if env is not None and self.running(name) is None:
            record.env = dict(env)
        try:
            opening.side_by_side(
                [partial(self._raise, each) for each in record.processes(name)], self._closing
            )
        finally:
            self._save()

    def stop_service(self, name: str) -> None:
        """SIGTERM, and waits until it has gone; killed when that takes too long."""
        for each in self.services[name].processes(name):
            closing.stop(self.directory, each)
        self._save()

    def kill(self, name: str) -> None:
        """kill -9 of a service, of kafka, postgres or the ticker, with everything it started."""
        running = self.running(name)
        if running is None:
            raise Trouble(
                f"{name} can't be killed: it is not a running process of the house at {self.directory}"
            )
        processes.kill(running, self._pids)
        self._save()

    def restart(self, name: str) -> None:
        """Starts a killed one again, on the same ports and data; one that runs is stopped first."""
        closing.stop(self.directory, name)
        raise_up(wanted_again(name, vars(self)), self._pids, self._closing)
        self._save()

    def revive(self, name: str) -> None:
        """Starts one that died, and does not wait until it is ready."""
        part = wanted_again(name, vars(self))
        part.move()
        processes.start(part.prepare(), self._pids)
        self._save()

    def close(self) -> None:
        """Stops all that was started here, the services first. The data stay."""
        self._closing.set()
        with closing.held(self.directory):
            closing.shut(self.directory)
            self._save()
        self._closing.clear()

    def forget(self) -> None:
        """Removes the data of a closed house; Trouble while something of it runs."""
        closing.forget(self.directory)

    def running(self, name: str) -> Running | None:
        """Its process, when it runs and is ours."""
        return pid_files.find(name, self._pids)

    @property
    def _pids(self) -> Path:
        return closing.pids(self.directory)

    def _open(self, services: Sequence[str], env: Mapping[str, str], tell: Tell) -> None:
        before = {running.name for running in pid_files.found(self._pids)}
        # Written first: however this ends, what was started can be found and the passwords are known.
        self._save()
        try:
            opening.raise_servers(
                self.directory, self.kafka, self.postgres, self.services, self._closing, tell
            )
            self._staff(services, env, tell)
        except BaseException:
            closing.shut(self.directory, spare=before)
            raise
        finally:
            self._save()

    def _staff(self, services: Sequence[str], env: Mapping[str, str], tell: Tell) -> None:
        work: dict[str, Callable[[], None]] = {
            name: partial(opening.suffer, self.unready, partial(self.start_service, name, env))
            for name in services
        }
        for name, runs in ((TICKER, self.ticker.clock == WALL), (SUPERVISOR, self.supervisor.watches)):
            if runs:
                work[name] = partial(self._raise, name)
            else:
                closing.stop(self.directory, name)
        asked = [process for name in services for process in self.services[name].processes(name)]
        closing.dismiss(self.directory, [*asked, *work, *SERVERS])
        if work:
            tell(f"starting {', '.join(work)}")
        opening.side_by_side(list(work.values()), self._closing)

    def _raise(self, name: str) -> None:
        raise_up(wanted(name, vars(self)), self._pids, self._closing)

    def _save(self) -> None:
        closing.save(vars(self))
