"""How each part of a house is started, by its name."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from deploy.errors import Trouble
from deploy.local.house.servers import KAFKA, POSTGRES, SERVERS, wanted_kafka, wanted_postgres
from deploy.local.house.services import SUPERVISOR, TICKER, wanted_service, wanted_supervisor, wanted_ticker
from deploy.local.process.starting import Wanted


def wanted(name: str, record: Mapping[str, Any]) -> Wanted:
    """The part of that name of the house that the record describes. Trouble when it has none."""
    directory, kafka, services = record["directory"], record["kafka"], record["services"]
    if name == KAFKA:
        return wanted_kafka(directory, kafka, lambda _: None)
    if name == POSTGRES:
        return wanted_postgres(directory, record["postgres"], services.values())
    if name == TICKER:
        return wanted_ticker(record["ticker"], kafka.address_as(TICKER))
    if name == SUPERVISOR:
        return wanted_supervisor(record["supervisor"], directory)
    for service, one in services.items():
        for number, process in enumerate(one.processes(service), start=1):
            if name == process:
                return wanted_service(service, one, number, kafka.address_as(service))
    raise Trouble(f"nothing of the house at {directory} is called {name}")


def wanted_again(name: str, record: Mapping[str, Any]) -> Wanted:
    """The same, but a server stays where it is: those who talk to it know that address."""
    again = wanted(name, record)
    return replace(again, move=lambda: None) if name in SERVERS else again
