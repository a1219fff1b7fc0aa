"""Stories read from a real database: what was written, merged and judged, seen from any moment."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import orjson
import pytest

from deploy.places import ROOT
from deploy.provisioning.databases import Database
from services.insight.api import Unheard, Untold, journey
from services.insight.app import InsightHandler
from services.insight.risk.standards import MICROSECOND
from services.insight.story import Story
from shared.contracts.acquisition import LeadCaptured, LeadQualified
from shared.contracts.conversion import CustomerWon, OrderRepeated
from shared.contracts.event import Event, encode
from shared.contracts.fact import Fact
from shared.contracts.signals import SourceHeartbeat
from shared.core.batch import Heard
from shared.service.runtime import ServiceContext
from tests.example_facts import event, paid
from tests.insight.cdnow_records import EIGHTH, batch, batches, records
from tests.insight.judging.verdicts import said
from tests.scenario import day

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
NOW = datetime(2100, 1, 1, tzinfo=UTC)
FACTS: list[tuple[str, Fact]] = [
    ("signals", paid(500)),
    ("signals", paid(700)),
    ("signals", paid(900, "JPY")),
    ("acquisition", LeadCaptured(channel="search")),
    ("acquisition", LeadQualified(score=60, threshold=50, because=())),
    ("conversion", CustomerWon(order_id="o1", amount=500, currency="EUR", was_user=False)),
    ("conversion", OrderRepeated(order_id="o2", amount=700, currency="EUR", number=2)),
    ("conversion", OrderRepeated(order_id="o3", amount=900, currency="JPY", number=3)),
]


def placed(events: list[tuple[str, Event]]) -> list[Heard]:
    """As records of partition 0 on their topics."""
    return [Heard(topic, 0, n, each, encode(each)) for n, (topic, each) in enumerate(events)]


async def alerts_as_of(database: Database, customer: str, moment: datetime) -> set[tuple[str, str]]:
    found = await journey(database.url, customer, moment, NOW)
    return {(episode.alert_id, episode.state) for episode in found.alerts}


async def test_what_the_database_merged_batch_by_batch_is_what_the_story_folds(
    handler: InsightHandler, insight: ServiceContext, database: Database
) -> None:
    events = [(topic, event(fact, n * 7 % 5, f"e{n}")) for n, (topic, fact) in enumerate(FACTS)]
    Random(1).shuffle(events)
    for start in range(0, len(events), 3):
        heard = placed(events[: start + 3])  # all but three of these came before
        await handler.handle(replace(batch(heard), positions={}))
    story = await journey(database.url, "anna", None, NOW)
    made, pool = story.progress, insight.store.pool
    row = await pool.fetchrow("select * from journeys join stages using (customer) where customer = 'anna'")
    assert row is not None
    assert (row["purchases"], row["first_seen"], row["last_seen"]) == (3, made.first_seen, made.last_seen)
    assert {name: row[f"{name}_at"] for name in made.reached} == made.reached
    assert row["stage"] == made.stage == "regular"
    spent = await pool.fetch("select currency, amount from spending where customer = 'anna'")
    assert {each["currency"]: each["amount"] for each in spent} == made.spent == {"EUR": 1200, "JPY": 900}
    assert len(story.lines) == len(FACTS)


async def test_as_of_any_moment_the_alerts_of_the_log_are_those_that_stood_then(
    handler: InsightHandler, insight: ServiceContext, database: Database
) -> None:
    for each in batches(records(EIGHTH), 500):
        await handler.handle(each)
    heard = await said(insight.store.pool)
    returned = {c: a for c, a in heard.follows().items() if any(s[-1].kind == "Resolved" for s in a.values())}
    customer = min(returned)
    alert, (raised, *_, resolved) = next(iter(returned[customer].items()))
    for moment, stood in (
        (raised.at - MICROSECOND, set()),
        (raised.at, {(alert, "standing")}),
        (resolved.at - MICROSECOND, {(alert, "standing")}),
        (resolved.at, {(alert, "resolved")}),
    ):
        assert await alerts_as_of(database, customer, moment) == stood
    story = await journey(database.url, customer, raised.at, NOW)
    [said_then] = story.alerts
    assert {(each.rule, each.words) for each in said_then.raised.reasons} <= {
        (each.rule, each.words) for each in story.outlook or ()
    }


async def test_nobody_is_judged_before_a_clock_opens_the_calendar_and_then_as_far_as_it_has_come(
    handler: InsightHandler, database: Database
) -> None:
    await handler.handle(replace(batch(placed([("signals", event(paid(500), 0.5, "e1"))])), positions={}))
    assert (await journey(database.url, "anna", None, NOW)).judged is None
    beats = [("signals", Event("b", "/shop", "", day(0.6), SourceHeartbeat(allowed_lateness_seconds=0)))]
    await handler.handle(replace(batch(placed(beats)), positions={}))
    assert (await journey(database.url, "anna", None, NOW)).judged == day(0.6)


async def test_what_was_recorded_later_is_not_in_a_story_known_earlier(
    handler: InsightHandler, insight: ServiceContext, database: Database
) -> None:
    await handler.handle(replace(batch(placed([("signals", event(paid(500), 0, "e1"))])), positions={}))
    between = await insight.store.pool.fetchval("select clock_timestamp()")
    await handler.handle(replace(batch(placed([("signals", event(paid(700), 1, "e2"))])), positions={}))
    stories: list[Story] = [await journey(database.url, "anna", day(9), at) for at in (between, NOW)]
    assert [story.progress.purchases for story in stories] == [1, 2]
    with pytest.raises(Untold):
        await journey(database.url, "anna", day(-1), NOW)


async def test_of_somebody_unheard_those_who_begin_alike_are_named(
    handler: InsightHandler, database: Database
) -> None:
    names = ["C-1", "C-70", "C-71", "D-1"]
    events = [("signals", event(paid(), 0, name, name)) for name in names]
    await handler.handle(replace(batch(placed(events)), positions={}))
    with pytest.raises(Unheard) as nobody:
        await journey(database.url, "C-7", None, NOW)
    assert nobody.value.nearest == ["C-70", "C-71", "C-1"]


async def test_the_command_tells_it_or_says_in_one_line_why_not(
    handler: InsightHandler, database: Database
) -> None:
    await handler.handle(replace(batch(placed([("signals", event(paid(500), 0, "e1"))])), positions={}))
    told = asked("anna", "--json", "--database", database.url)
    assert orjson.loads(told.stdout)["spent"] == {"EUR": 500}
    for words, why in (
        (("ann",), "nobody has heard of customer 'ann': perhaps anna?"),
        (("anna", "--as-of", "2025-01-01"), "their first event is of 2026-01-01"),
    ):
        refused = asked(*words, "--database", database.url)
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
        assert why in refused.stderr


def asked(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.evergreen", "journey", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
