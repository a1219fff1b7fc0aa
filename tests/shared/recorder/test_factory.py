"""An application of the library on a service's log: typed events, a fold of a stream, and clear refusals."""

import asyncio
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import (
    DatabaseError,
    InfrastructureFactoryError,
    InterfaceError,
    MapperDeserialisationError,
    NotSupportedError,
    OperationalError,
    StoredEvent,
)

from deploy.provisioning.databases import Database
from shared.contracts.conversion import CustomerWon, OrderRepeated
from shared.contracts.event import Event, encode, fact_id
from shared.contracts.fact import Fact
from shared.core.store import StoredFact
from shared.recorder.mapper import EventMapper, RecordedEvent
from shared.storage.postgres import PostgresStore
from tests.shared.core.reminders import NOON
from tests.shared.recorder.writing import write

WON = CustomerWon(order_id="A-1", amount=1_999, currency="EUR", was_user=False)
AGAIN = OrderRepeated(order_id="A-2", amount=500, currency="EUR", number=2)
MODULE = {"PERSISTENCE_MODULE": "shared.recorder.factory"}


def stored(version: int, fact: Fact) -> StoredFact:
    name = fact_id("reminders", "customer-C-7", version)
    body = encode(Event(name, "/evergreen/reminders", "C-7", NOON, fact, stream_version=version))
    return StoredFact("customer-C-7", version, name, fact.type, 0, "C-7", NOON, NOON, None, None, body)


class Reminders(Application[str]):
    """Somebody's application on somebody's log."""


@pytest.fixture
async def reminders(postgres: PostgresStore, database: Database) -> Any:
    await write(postgres, [stored(1, WON), stored(2, AGAIN)])
    return {
        "REMINDERS_PERSISTENCE_MODULE": MODULE["PERSISTENCE_MODULE"],
        "REMINDERS_EVERGREEN_DATABASE": database.url,
    }


@pytest.fixture
def app(reminders: Any) -> Iterator[Reminders]:
    with Reminders(env=reminders) as app:
        yield app


@pytest.mark.system
def test_a_stream_is_read_as_typed_events(app: Reminders) -> None:
    events: list[Any] = list(app.events.get("customer-C-7"))
    assert [(each.originator_id, each.originator_version) for each in events] == [
        ("customer-C-7", 1), ("customer-C-7", 2),
    ]  # fmt: skip
    assert [each.event.data for each in events] == [WON, AGAIN]
    assert (events[0].event.subject, events[0].event.time) == ("C-7", NOON)


@pytest.mark.system
def test_the_notification_log_shows_what_was_published_byte_for_byte(app: Reminders) -> None:
    section = app.notification_log.select(start=None, limit=10)
    assert [(each.topic, each.state) for each in section] == [
        (each.type, each.body) for each in (stored(1, WON), stored(2, AGAIN))
    ]


@pytest.mark.system
def test_an_aggregate_cannot_be_saved_there(app: Reminders) -> None:
    with pytest.raises(NotSupportedError, match="decided by its service alone"):
        app.save(Aggregate())  # type: ignore[arg-type]


@pytest.mark.system
def test_snapshots_have_no_place_there(reminders: Any) -> None:
    with pytest.raises(NotSupportedError, match="no views, trackings or snapshots"):
        Reminders(env={**reminders, "IS_SNAPSHOTTING_ENABLED": "y"})


@pytest.mark.parametrize("settings", [{}, {"EVERGREEN_DATABASE": ""}])
def test_a_log_that_was_not_named_is_asked_for(settings: dict[str, str]) -> None:
    with pytest.raises(
        InfrastructureFactoryError,
        match="EVERGREEN_DATABASE or REMINDERS_EVERGREEN_DATABASE is not set; for example",
    ):
        Reminders(env=MODULE | settings)


@pytest.mark.parametrize(
    ("url", "kind"),
    [("postgresql://nobody@127.0.0.1:1/nothing", OperationalError), ("mysql://here", DatabaseError)],
)
def test_a_log_that_cannot_be_reached_is_named_as_such(url: str, kind: type[DatabaseError]) -> None:
    with pytest.raises(kind, match="the log can't be read"):
        Reminders(env=MODULE | {"EVERGREEN_DATABASE": url})


def test_a_type_newer_than_the_follower_names_its_place_and_the_way_out() -> None:
    newer = StoredEvent(
        "customer-C-7", 3, "conversion.moved", stored(3, WON).body.replace(b"customer_won", b"moved")
    )
    with pytest.raises(
        MapperDeserialisationError, match="version 3 of customer-C-7 can't be read, follow with the release"
    ):
        EventMapper(None).to_domain_event(newer)  # type: ignore[arg-type]


def test_what_is_read_says_where_it_stands() -> None:
    told = EventMapper(None).to_domain_event(  # type: ignore[arg-type]
        StoredEvent("customer-C-7", 1, WON.type, stored(1, WON).body)
    )
    assert isinstance(told, RecordedEvent)
    assert told.event.data == WON


def test_what_was_stored_before_the_contracts_became_strict_is_read_as_it_lies() -> None:
    body = stored(1, WON).body.replace(b'"amount":1999', b'"amount":1999.0')
    told = EventMapper(None).to_domain_event(  # type: ignore[arg-type]
        StoredEvent("customer-C-7", 1, WON.type, body)
    )
    assert told.event.data == WON


@pytest.mark.system
async def test_a_program_that_closes_nothing_ends_all_the_same(reminders: Any) -> None:
    program = f"from {__name__} import Reminders\napp = Reminders(env={reminders!r})"
    running = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    assert await asyncio.wait_for(running.wait(), 20) == 0


@pytest.mark.system
def test_who_still_reads_a_log_that_was_closed_is_told(app: Reminders) -> None:
    app.close()
    with pytest.raises(InterfaceError, match="was closed"):
        app.recorder.max_notification_id()
