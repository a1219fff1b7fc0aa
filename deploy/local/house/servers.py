"""Kafka and PostgreSQL as processes of a house."""

from collections.abc import Callable, Collection
from pathlib import Path

from deploy.local.house import plan
from deploy.local.house.record import KafkaRecord, PostgresRecord, ServiceRecord
from deploy.local.process.processes import Program
from deploy.local.process.starting import Wanted
from deploy.local.servers import kafka, postgres

KAFKA, POSTGRES = SERVERS = ("kafka", "postgres")
Tell = Callable[[str], None]


def wanted_kafka(directory: Path, record: KafkaRecord, tell: Tell) -> Wanted:
    """The broker of the record, in service; its jars are downloaded first where they are missing."""

    def prepare() -> Program:
        broker = plan.kafka_of(directory, record)
        return broker.prepare(lambda done, total: tell(f"downloading Apache Kafka: {done} of {total} jars"))

    return Wanted(
        KAFKA,
        prepare,
        lambda: kafka.answers(record.address),
        plan.log_of(directory, KAFKA),
        lambda: [plan.port_of(record.bootstrap), plan.port_of(record.controller or "")],
        lambda: plan.move_kafka(record),
    )


def wanted_postgres(directory: Path, record: PostgresRecord, services: Collection[ServiceRecord]) -> Wanted:
    """The database server of the record, answering; where it moves, the services' addresses move with it."""
    return Wanted(
        POSTGRES,
        lambda: plan.postgres_of(directory, record).prepare(),
        lambda: postgres.answers(record.admin_url),
        plan.log_of(directory, POSTGRES),
        lambda: [plan.port_of(record.admin_url)],
        lambda: plan.move_postgres(record, services),
    )
