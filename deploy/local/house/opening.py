"""From a plan to a house that stands: servers up, topics and databases made."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event
from typing import Any

from deploy.errors import Trouble
from deploy.local.house import closing, passwords, plan
from deploy.local.house.record import FILE, KafkaRecord, PostgresRecord, ServiceRecord, read
from deploy.local.house.servers import SERVERS, wanted_kafka, wanted_postgres
from deploy.local.process import pid_files
from deploy.local.process.account import home, unprivileged
from deploy.local.process.apart import apart
from deploy.local.process.starting import Unready, raise_up
from deploy.provisioning import databases, topics
from deploy.provisioning.databases import Database
from deploy.provisioning.migrations import pending
from deploy.security import principals
from deploy.security.rights import ADMIN, Right, rights

Tell = Callable[[str], None]


def found_or_planned(
    directory: Path, kafka: str | None, postgres: str | None, ports: Mapping[str, int], secure: bool
) -> dict[str, Any]:
    """The parts of a house, as house.json has them or planned anew. Trouble when others are asked for."""
    if secure and kafka:
        raise Trouble("a Kafka from outside is secured there: its address says as whom (docs/security.md)")
    if not (directory / FILE).exists():
        planned = _planned(directory, kafka, postgres, ports)
        planned["kafka"].secrets = str(directory / passwords.FOLDER) if secure else None
        return planned
    found = read(directory)
    if secure and found["kafka"].secrets is None:
        raise Trouble(
            f"the Kafka of the house at {directory} asks nobody who they are: choose another directory "
            "(--directory), or forget its data first (clean)"
        )
    _agree(directory, "Kafka", kafka, found["kafka"].bootstrap, found["kafka"].bootstrap)
    lies = found["postgres"].admin_url
    _agree(directory, "PostgreSQL", postgres, lies, databases.shown(lies))
    return found


def _planned(
    directory: Path, kafka: str | None, postgres: str | None, ports: Mapping[str, int]
) -> dict[str, Any]:
    _refuse_ownerless(directory)
    # A house keeps its servers for ever: one that was mistyped must not become a house's.
    if kafka:
        apart(topics.reach(kafka))
    if postgres:
        apart(databases.reach(postgres))
    chosen = plan.plan_ports(ports)
    servers = plan.plan_servers(directory, kafka, postgres, chosen)
    wanted = topics.topics()
    return {
        "directory": directory, "kafka": servers[0], "postgres": servers[1],
        "services": plan.plan_services(directory, servers[1].admin_url, chosen),
        "ticker": plan.plan_ticker(directory), "supervisor": plan.plan_supervisor(directory),
        "topics": [topic.name for topic in wanted], "partitions": max(topic.partitions for topic in wanted),
    }  # fmt: skip


def _refuse_ownerless(directory: Path) -> None:
    """Data whose house.json is gone: nobody knows their password any more, and nobody said to forget them."""
    place = home(directory, unprivileged())
    for server in SERVERS:
        if (place / server / "data").exists():
            raise Trouble(f"{place / server} has data of a house without {FILE}: forget them first (clean)")


def _agree(directory: Path, what: str, asked: str | None, has: str, shown: str) -> None:
    """What one Kafka's offsets meant is wrong on another, so a house never changes its servers."""
    if asked is not None and asked != has:
        raise Trouble(
            f"the house at {directory} has its data on another {what} ({shown}): "
            "choose another directory (--directory), or forget its data first (clean)"
        )


def scale(directory: Path, services: Mapping[str, ServiceRecord], wanted: Mapping[str, int]) -> None:
    """Plans so many processes of these services, and stops those that are too many."""
    for name, count in wanted.items():
        for surplus in list(services[name].processes(name))[count:]:
            closing.stop(directory, surplus)
        plan.scale(directory, name, services[name], count)


def raise_servers(
    directory: Path,
    kafka: KafkaRecord,
    postgres: PostgresRecord,
    services: Mapping[str, ServiceRecord],
    closing_: Event,
    tell: Tell,
) -> None:
    """Starts what is ours and dead, and provisions each server as soon as it answers."""
    pids = closing.pids(directory)
    dead = [name for name in SERVERS if pid_files.find(name, pids) is None]
    if dead and not (kafka.external and postgres.external):
        tell("starting Kafka and PostgreSQL")

    def first() -> None:
        allowed = rights(topics.pages())
        known = _passwords(kafka, allowed)
        if not kafka.external:
            raise_up(wanted_kafka(directory, kafka, tell), pids, closing_)
        apart(topics.provide(kafka.address, topics.topics()))
        if known:
            apart(principals.provide(kafka.address, known, allowed))

    def second() -> None:
        if not postgres.external:
            raise_up(wanted_postgres(directory, postgres, services.values()), pids, closing_)
        _make_way(directory, services, tell)
        # Not before: its port, and so these addresses, may have changed as it started.
        wanted = [Database(name, each.database_url, each.owner_url) for name, each in services.items()]
        apart(databases.provide(postgres.admin_url, wanted))

    side_by_side([first, second], closing_)


def _make_way(directory: Path, services: Mapping[str, ServiceRecord], tell: Tell) -> None:
    """Ends what runs of an older release before its tables are changed: it would go on and write in them."""
    running = {one.name for one in pid_files.found(closing.pids(directory))} - set(SERVERS)
    if running and any(apart(pending(each.owner_url, name)) for name, each in services.items()):
        tell(f"stopping {', '.join(sorted(running))}: they are of an older release")
        closing.shut(directory, spare=SERVERS)


def _passwords(kafka: KafkaRecord, allowed: Sequence[Right]) -> dict[str, str]:
    """Those that Kafka is to be told: none where it asks for none. The administrator's it has already."""
    if kafka.secrets is None:
        return {}
    known = passwords.made(Path(kafka.secrets), {ADMIN, *(right.principal for right in allowed)})
    return {name: password for name, password in known.items() if name != ADMIN}


def suffer(unready: list[str], start: Callable[[], None]) -> None:
    """Starts a service; one that runs and says what is to be mended is noted, and hinders nobody."""
    try:
        start()
    except Unready as it:
        unready.append(str(it))


def side_by_side(work: Sequence[Callable[[], None]], closing_: Event) -> None:
    """All at once. The first failure, or an interruption, tells the others to give up."""
    with ThreadPoolExecutor(max(1, len(work))) as pool:
        started = [pool.submit(each) for each in work]
        try:
            done, _ = wait(started, return_when=FIRST_EXCEPTION)
            for each in done:
                each.result()
        except Unready:
            raise
        except BaseException:
            closing_.set()
            raise
