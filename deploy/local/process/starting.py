"""Starting a program and waiting until it is of use, or telling why it is not."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event

from deploy.errors import Trouble
from deploy.local.house import plan
from deploy.local.house.record import KafkaRecord, PostgresRecord
from deploy.local.process import processes
from deploy.local.process.deadline import until
from deploy.local.process.processes import Program, Running
from deploy.local.servers import kafka, postgres

READY_SECONDS = 60.0
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """A program that is to be of use: its name, what makes it runnable, and how one sees that it is ready."""

    name: str
    prepare: Callable[[], Program]
    is_ready: Callable[[], bool]
    log: Path


def raise_up(wanted: Wanted, pids: Path, closing: Event) -> None:
    """Starts it unless it runs, and waits until it is ready. Trouble has its log's end when it won't be."""
    running = processes.find(wanted.name, pids)
    if running:
        _attend(wanted, running, closing)
        return
    program = wanted.prepare()
    if closing.is_set():
        raise Trouble(f"{wanted.name} was not started: the house is closing")
    running = processes.start(program, pids)
    try:
        _attend(wanted, running, closing)
    except Trouble:
        processes.kill(running, pids)
        raise


def _attend(wanted: Wanted, running: Running, closing: Event) -> None:
    ready = False

    def settled() -> bool:
        nonlocal ready
        ready = wanted.is_ready()
        return ready or closing.is_set() or not processes.is_alive(running)

    until(settled, READY_SECONDS, every=0.05)
    # A stranger's server on our port would answer too, while ours has died of it.
    if not (ready and processes.is_alive(running)):
        raise Trouble(_complaint(wanted, running, closing))


def _complaint(wanted: Wanted, running: Running, closing: Event) -> str:
    if closing.is_set():
        return f"{wanted.name} was given up while it started: the house is closing"
    late = f"was not ready within {READY_SECONDS:.0f} s"
    what = late if processes.is_alive(running) else "ended while it started"
    return f"{wanted.name} {what}; the end of {wanted.log}:\n{processes.last_lines(wanted.log)}"


def raise_kafka(directory: Path, record: KafkaRecord, pids: Path, closing: Event, tell: Tell) -> None:
    """The broker of the record, in service; its jars are downloaded first where they are missing."""
    broker = plan.kafka_of(directory, record)

    def prepare() -> Program:
        return broker.prepare(lambda done, total: tell(f"downloading Apache Kafka: {done} of {total} jars"))

    raise_up(Wanted("kafka", prepare, lambda: kafka.answers(record.address), broker.log), pids, closing)


def raise_postgres(directory: Path, record: PostgresRecord, pids: Path, closing: Event) -> None:
    """The database server of the record, answering."""
    server = plan.postgres_of(directory, record)
    is_ready = partial(postgres.answers, server.admin_url)
    raise_up(Wanted("postgres", server.prepare, is_ready, server.log), pids, closing)
