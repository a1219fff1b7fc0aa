"""`evergreen alert`: what people do about one is a signal about its customer, or trouble before that."""

import asyncio
from argparse import Namespace
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from deploy.alerts.finding import find
from deploy.errors import Trouble
from deploy.evergreen import parser
from deploy.local.house.house import House
from deploy.provisioning.databases import Database
from shared.contracts.event import Event, fact_id
from shared.contracts.insight import ChurnRiskRaised
from shared.contracts.reading import read
from shared.contracts.signals import SIGNALS, AcknowledgementRecorded, OutcomeRecorded, SnoozeRecorded
from shared.core.outbox import stored
from shared.core.store import Changes
from shared.storage.postgres import PostgresStore
from tests.system.kafka import contents

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
MINE, ALSO = "5d0c1f6e-1f0a-5f0e-9a55-8f3a0c6a1b77", "5d0c2222-1f0a-5f0e-9a55-8f3a0c6a1b77"
Run = Callable[..., Awaitable[None]]


def typed(*words: str) -> Namespace:
    return parser(["alert"]).parse_args(["alert", *words])


@pytest.fixture
async def raised(postgres: PostgresStore) -> None:
    """Two alerts of two customers, as insight's log has them."""
    rows = []
    for customer, alert in (("C-7", MINE), ("C-8", ALSO)):
        fact = ChurnRiskRaised(
            alert_id=alert, rule="silence", rule_version="1", params_version="w", opened_on="2026-02-06",
            clauses=(), measures={}, evidence=(),
        )  # fmt: skip
        stream = f"silence-{customer}"
        event = Event(
            fact_id("insight", stream, 1), "/evergreen/insight", customer, NOON, fact, stream_version=1
        )
        rows.append(stored(event, stream, 0, None))
    await postgres.commit(Changes(facts=rows))


@pytest.fixture
def alert(house: House, database: Database) -> Run:
    async def run(*words: str) -> None:
        arguments = typed(
            *words, "--by", "maria", "--kafka", house.kafka.bootstrap, "--database", database.url
        )
        assert await asyncio.to_thread(arguments.run, arguments) == 0

    return run


@pytest.mark.system
@pytest.mark.usefixtures("raised")
async def test_what_is_done_about_an_alert_is_a_signal_about_its_customer(alert: Run, house: House) -> None:
    await alert("acknowledge", "5d0c1f6e", "--time", "2026-05-21T09:00:00Z")
    await alert("snooze", MINE, "--until", "2026-05-28")
    await alert("outcome", "5d0c1", "saved")
    events = [read(body, [], SIGNALS) for body in await contents(house.kafka.bootstrap, "signals")]
    mine = [event for event in events if event.source == "/evergreen/alert"]
    assert {event.subject for event in mine} == {"C-7"}
    assert [event.data for event in mine] == [
        AcknowledgementRecorded(alert_id=MINE, by="maria"),
        SnoozeRecorded(alert_id=MINE, until=datetime(2026, 5, 28, tzinfo=UTC), by="maria"),
        OutcomeRecorded(alert_id=MINE, outcome="saved", by="maria"),
    ]
    assert mine[0].time == datetime(2026, 5, 21, 9, tzinfo=UTC)


@pytest.mark.system
@pytest.mark.usefixtures("raised")
async def test_an_alert_is_found_by_the_beginning_of_its_id_and_only_where_it_is_one(
    database: Database,
) -> None:
    assert await find(database.url, "5d0c1") == ("C-7", MINE)
    with pytest.raises(Trouble, match="2 alerts begin with 5d0c: write more of the id"):
        await find(database.url, "5d0c")
    with pytest.raises(Trouble, match="there is no alert ffff: evergreen journey CUSTOMER"):
        await find(database.url, "ffff")
    with pytest.raises(Trouble, match="'%' is no alert, such as 5d0c1f6e"):
        await find(database.url, "%")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("outcome", MINE), "an outcome, and it alone, is one of saved, churned, returned"),
        (("outcome", MINE, "lost"), "an outcome, and it alone, is one of"),
        (("acknowledge", MINE, "saved"), "an outcome, and it alone"),
        (("snooze", MINE), "has an end: --until"),
        (("acknowledge", MINE, "--until", "2026-05-28"), "a snooze, and it alone"),
    ],
)
def test_what_does_not_belong_together_is_refused_before_anything_is_sent(
    words: tuple[str, ...], why: str
) -> None:
    arguments = typed(*words, "--customer", "C-7", "--kafka", "127.0.0.1:1")
    with pytest.raises(Trouble, match=why):
        arguments.run(arguments)
