"""Starting a program and waiting until it is of use, or telling why it is not."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

from deploy.errors import Trouble
from deploy.local import kafka, plan, postgres, processes
from deploy.local.deadline import until
from deploy.local.processes import Program, Running
from deploy.local.record import KafkaRecord, PostgresRecord

READY_SECONDS = 60.0


def raise_up(
    program: Program, pids: Path, ready: Callable[[], bool], seconds: float, closing: Event
) -> Running:
    """The program once it is ready; killed when it takes too long, and Trouble has the end of its log."""
    if closing.is_set():
        raise Trouble(f"{program.name} was not started: the house is closing")
    running = processes.start(program, pids)
    usable = False

    def settled() -> bool:
        nonlocal usable
        usable = ready()
        return usable or closing.is_set() or not processes.is_alive(running)

    until(settled, seconds, every=0.05)
    # Another's server on our port would answer too while ours has died of it.
    if usable and processes.is_alive(running):
        return running
    complaint = _complaint(program, running, seconds, closing)
    processes.kill(running, pids)
    raise Trouble(complaint)


def _complaint(program: Program, running: Running, seconds: float, closing: Event) -> str:
    if closing.is_set():
        return f"{program.name} was stopped while it started"
    what = (
        f"was not ready within {seconds:.0f} s" if processes.is_alive(running) else "ended while it started"
    )
    return f"{program.name} {what}; the end of {program.log}:\n{processes.last_lines(program.log)}"


def raise_kafka(
    directory: Path, record: KafkaRecord, pids: Path, closing: Event, tell: Callable[[str], None]
) -> None:
    """The broker of the record, started and in service; its jars are downloaded first where missing."""
    broker = plan.kafka_of(directory, record)
    program = broker.prepare(lambda done, total: tell(f"downloading Apache Kafka: {done} of {total} jars"))
    raise_up(program, pids, lambda: kafka.answers(broker.bootstrap), READY_SECONDS, closing)


def raise_postgres(directory: Path, record: PostgresRecord, pids: Path, closing: Event) -> None:
    """The database server of the record, started and answering."""
    server = plan.postgres_of(directory, record)
    raise_up(server.prepare(), pids, lambda: postgres.answers(server.admin_url), READY_SECONDS, closing)
