"""What a house will be before anything of it runs: its ports, its passwords, where its data go."""

import secrets
from collections.abc import Collection, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from deploy.errors import Trouble
from deploy.local.house.record import (
    KafkaRecord,
    PostgresRecord,
    ReplicaRecord,
    ServiceRecord,
    SupervisorRecord,
    TickerRecord,
    process_name,
)
from deploy.local.process.account import home, unprivileged
from deploy.local.process.ports import HOST, free_port, is_free, settle
from deploy.local.servers.kafka import Kafka
from deploy.local.servers.postgres import Postgres
from deploy.provisioning.databases import databases
from deploy.security.rights import ADMIN
from shared.contracts.topics import STAGES

SERVERS = ("kafka", "kafka-controller", "postgres")


def kafka_of(directory: Path, record: KafkaRecord) -> Kafka:
    """The broker that the record describes."""
    account = unprivileged()
    ports = (port_of(record.bootstrap), port_of(record.controller or ""))
    password = (Path(record.secrets) / ADMIN).read_text() if record.secrets else None
    return Kafka(home(directory, account) / "kafka", log_of(directory, "kafka"), *ports, account, password)


def postgres_of(directory: Path, record: PostgresRecord) -> Postgres:
    """The database server that the record describes."""
    account = unprivileged()
    url = urlsplit(record.admin_url)
    place = home(directory, account) / "postgres"
    return Postgres(place, log_of(directory, "postgres"), url.port or 5432, url.password or "", account)


def plan_ports(wanted: Mapping[str, int]) -> dict[str, int]:
    """A port for every server and stage: the wanted one, or a free one. Trouble when that can't be."""
    for name, port in wanted.items():
        others = ", ".join(other for other in wanted if other != name and wanted[other] == port)
        if others or not is_free(port):
            by = others or "another program"
            raise Trouble(f"port {port} is wanted for {name}, but {by} has it: choose another (--port)")
    return settle((*SERVERS, *STAGES), wanted)


def plan_servers(
    directory: Path, kafka: str | None, postgres: str | None, ports: Mapping[str, int]
) -> tuple[KafkaRecord, PostgresRecord]:
    """Records of the servers: those given from outside, or our own on these ports."""
    account = unprivileged()
    place = home(directory, account)
    broker = Kafka(
        place / "kafka", log_of(directory, "kafka"), ports["kafka"], ports["kafka-controller"], account
    )
    secret = secrets.token_urlsafe(24)
    server = Postgres(place / "postgres", log_of(directory, "postgres"), ports["postgres"], secret, account)
    ours = KafkaRecord(
        broker.bootstrap, f"{HOST}:{broker.controller}", data=str(broker.data), log=str(broker.log)
    )
    own = PostgresRecord(server.admin_url, data=str(server.data), log=str(server.log))
    return (
        KafkaRecord(kafka, external=True) if kafka else ours,
        PostgresRecord(postgres, external=True) if postgres else own,
    )


def plan_services(directory: Path, admin_url: str, ports: Mapping[str, int]) -> dict[str, ServiceRecord]:
    """A record for every stage, whether it will run or not: tools want its database either way."""
    return {
        database.service: ServiceRecord(
            database_url=database.url,
            owner_url=database.owner_url,
            health_url=f"http://{HOST}:{ports[database.service]}/readyz",
            metrics_url=f"http://{HOST}:{ports[database.service]}/metrics",
            log=str(log_of(directory, database.service)),
        )
        for database in databases(admin_url, STAGES)
    }


def plan_ticker(directory: Path) -> TickerRecord:
    """Event time comes from the sources alone, until the wall clock is asked for."""
    return TickerRecord(str(log_of(directory, "ticker")))


def plan_supervisor(directory: Path) -> SupervisorRecord:
    """Nobody watches, until that is asked for."""
    return SupervisorRecord(str(log_of(directory, "supervisor")))


def scale(directory: Path, name: str, record: ServiceRecord, count: int) -> None:
    """From now on the service has so many processes, each with a port and a log of its own."""
    del record.replicas[count - 1 :]
    for number in range(len(record.replicas) + 2, count + 1):
        url, log = f"http://{HOST}:{free_port()}", log_of(directory, process_name(name, number))
        record.replicas.append(ReplicaRecord(f"{url}/readyz", f"{url}/metrics", str(log)))


def move_kafka(record: KafkaRecord) -> None:
    """Gives the broker that does not run other ports where a stranger has taken its own meanwhile."""
    record.bootstrap = on_free_port(record.bootstrap)
    record.controller = on_free_port(record.controller or "")


def move_postgres(record: PostgresRecord, services: Collection[ServiceRecord]) -> None:
    """The same for the database server, where the services will find it."""
    old = port_of(record.admin_url)
    record.admin_url = on_free_port(record.admin_url)
    for service in services:
        for url in ("database_url", "owner_url"):
            moved = getattr(service, url).replace(f":{old}/", f":{port_of(record.admin_url)}/")
            setattr(service, url, moved)


def log_of(directory: Path, name: str) -> Path:
    return directory / "logs" / f"{name}.log"


def port_of(address: str) -> int:
    """The port of host:port or of a URL."""
    return urlsplit(address if "//" in address else f"//{address}").port or 0


def on_free_port(address: str) -> str:
    """The same address, on another port when a stranger has taken this one while we were away."""
    port = port_of(address)
    return address if is_free(port) else address.replace(f":{port}", f":{free_port()}")
