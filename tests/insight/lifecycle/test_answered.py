"""What people do about alerts, and what became of them, on a real PostgreSQL: facts in the customer's stream,
the same however batches are cut."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from services.insight.app import InsightHandler
from services.insight.lifecycle.deeds import Deed
from services.insight.risk.alert import alert_id
from shared.consume.partitioner import partition_of
from shared.contracts.event import Event
from shared.contracts.fact import Fact
from shared.contracts.insight import (
    AlertAcknowledged,
    AlertDeedRefused,
    AlertOutcomeRecorded,
    AlertSnoozed,
    ChurnRiskRaised,
    ChurnRiskResolved,
)
from shared.contracts.signals import (
    AcknowledgementRecorded,
    OutcomeRecorded,
    PaymentFailed,
    PaymentRecovered,
    SnoozeRecorded,
    SourceHeartbeat,
    SubscriptionCancelled,
)
from shared.core.batch import Heard
from shared.service.runtime import ServiceContext
from tests.insight.cdnow_records import PARTITIONS, batch
from tests.insight.conftest import holder
from tests.insight.judging.logs import DAY, Records
from tests.insight.judging.verdicts import said

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
OPENS = datetime(2026, 1, 5, tzinfo=UTC)
FAILED = 10.5
"""The day on which an invoice first fails; a day later there is an alert."""
ALERT = alert_id("payment_failing", "anna", f"7@{(OPENS + FAILED * DAY).isoformat()}")
UNPAID = (FAILED, "anna", PaymentFailed(invoice="7"))
PAID = PaymentRecovered(invoice="7")
ACKNOWLEDGED = AcknowledgementRecorded(alert_id=ALERT, by="maria")
SAVED = OutcomeRecorded(alert_id=ALERT, outcome="saved", by="maria")
SNOOZED = SnoozeRecorded(alert_id=ALERT, until=OPENS + 20 * DAY, by="jo")
Told = tuple[float, str, Fact]
"""The day, of whom, and what."""


def log(*told: Told, days: int = 14) -> list[Heard]:
    """With a heartbeat on every partition each day."""
    made, left = Records(), sorted(told, key=lambda each: each[0])
    for day in range(days + 1):
        while left and left[0][0] < day:
            at, customer, fact = left.pop(0)
            event = Event(f"{fact.type}/{at}", "/shop", customer, OPENS + at * DAY, fact)
            made.say(partition_of(customer.encode(), PARTITIONS), event)
        beat = SourceHeartbeat(allowed_lateness_seconds=0)
        made.beat(Event("", "/shop", "", OPENS + day * DAY, beat))
    return made.heard


def apart(heard: Sequence[Heard], size: int) -> Iterator[list[Heard]]:
    """Batches of at most so many; a deed begins another than what it may answer lies in."""
    deeds = [place for place, each in enumerate(heard) if isinstance(each.event.data, Deed)]
    for start, end in pairwise((0, *deeds, len(heard))):
        for first in range(start, end, size):
            yield list(heard[first : min(first + size, end)])


async def played(handler: InsightHandler, heard: Sequence[Heard], size: int = 100) -> dict[str, list[Event]]:
    for each in apart(heard, size):
        await handler.handle(batch(each))
    return (await said(handler.context.store.pool)).facts


async def of_anna(handler: InsightHandler, *told: Told, days: int = 14) -> list[Event]:
    """Her stream; each fact has the version that its place says, and her row counts them all."""
    facts = (await played(handler, log(UNPAID, *told, days=days)))["alert-anna"]
    pool: Any = handler.context.store.pool
    assert [each.stream_version for each in facts] == list(range(1, len(facts) + 1))
    assert await pool.fetchval("select version from people where customer = 'anna'") == len(facts)
    assert all(each.data.alert_id == ALERT for each in facts)  # type: ignore[attr-defined]
    return facts


def kinds(facts: Sequence[Event]) -> list[type]:
    return [type(each.data) for each in facts]


async def test_an_alert_is_acknowledged_once_though_it_is_told_twice(handler: InsightHandler) -> None:
    facts = await of_anna(handler, (12.5, "anna", ACKNOWLEDGED), (12.6, "anna", ACKNOWLEDGED))
    assert kinds(facts) == [ChurnRiskRaised, AlertAcknowledged]
    assert (facts[1].time, facts[1].causation) == (OPENS + 12.5 * DAY, "alert.acknowledged/12.5")
    again = log(UNPAID, (12.5, "anna", ACKNOWLEDGED))
    [deed] = [each for each in again if each.event.data == ACKNOWLEDGED]
    await handler.handle(replace(batch([deed]), positions={}))
    assert (await said(handler.context.store.pool)).facts["alert-anna"] == facts


async def test_what_cannot_be_done_is_refused_and_says_why(handler: InsightHandler) -> None:
    facts = await of_anna(
        handler, (10.6, "anna", ACKNOWLEDGED), (12.2, "anna", PAID), (13.5, "anna", ACKNOWLEDGED)
    )
    assert kinds(facts) == [
        AlertDeedRefused, ChurnRiskRaised, ChurnRiskResolved, AlertOutcomeRecorded, AlertDeedRefused,
    ]  # fmt: skip
    early, late = facts[0].data, facts[4].data
    assert isinstance(early, AlertDeedRefused)
    assert isinstance(late, AlertDeedRefused)
    assert early.reason.startswith("this customer has no such alert")
    assert late.reason.startswith("it is resolved")


async def test_of_whom_nothing_was_ever_heard_it_is_refused_too_and_what_is_said_later_follows_it(
    handler: InsightHandler,
) -> None:
    early = (0.5, "anna", ACKNOWLEDGED)
    assert kinds(await of_anna(handler, early)) == [AlertDeedRefused, ChurnRiskRaised]


async def test_an_alert_is_snoozed(handler: InsightHandler) -> None:
    facts = await of_anna(handler, (12.5, "anna", SNOOZED))
    assert facts[1].data == AlertSnoozed(alert_id=ALERT, until=OPENS + 20 * DAY, by="jo")


async def test_who_pays_in_the_end_has_returned_because_of_that(handler: InsightHandler) -> None:
    facts = await of_anna(handler, (12.2, "anna", PAID))
    assert kinds(facts) == [ChurnRiskRaised, ChurnRiskResolved, AlertOutcomeRecorded]
    assert facts[2].data == AlertOutcomeRecorded(alert_id=ALERT, outcome="returned")
    assert (facts[2].time, facts[2].causation) == (OPENS + 12.2 * DAY, "payment.recovered/12.2")


async def test_who_cancels_has_churned_though_the_alert_is_resolved_by_that(handler: InsightHandler) -> None:
    facts = await of_anna(handler, (12.2, "anna", SubscriptionCancelled()))
    assert kinds(facts) == [ChurnRiskRaised, ChurnRiskResolved, AlertOutcomeRecorded]
    assert facts[2].data == AlertOutcomeRecorded(alert_id=ALERT, outcome="churned")


async def test_what_a_person_says_stays_and_corrects_what_the_log_said(handler: InsightHandler) -> None:
    facts = await of_anna(handler, (12.1, "anna", SAVED), (12.2, "anna", PAID))
    word = AlertOutcomeRecorded(alert_id=ALERT, outcome="saved", by="maria")
    assert kinds(facts) == [ChurnRiskRaised, AlertOutcomeRecorded, ChurnRiskResolved]
    assert facts[1].data == word


async def test_what_a_person_says_corrects_what_the_log_said(handler: InsightHandler) -> None:
    facts = await of_anna(handler, (12.2, "anna", PAID), (13.5, "anna", SAVED))
    assert [each.data for each in facts[2:]] == [
        AlertOutcomeRecorded(alert_id=ALERT, outcome="returned"),
        AlertOutcomeRecorded(alert_id=ALERT, outcome="saved", by="maria"),
    ]


async def test_of_whom_is_set_aside_what_is_done_is_answered_too(handler: InsightHandler) -> None:
    heard = log(UNPAID, (12.5, "anna", ACKNOWLEDGED), (12.6, "anna", PAID))
    place = next(place for place, each in enumerate(heard) if each.event.data == ACKNOWLEDGED)
    await played(handler, heard[:place])
    await handler.context.store.pool.execute(
        "insert into quarantined (stream, partition, version, reason, since)"
        " values ('alert-anna', $1, 1, 'by hand', now())", partition_of(b"anna", PARTITIONS),
    )  # fmt: skip
    handler.forget()
    facts = (await played(handler, heard[place:]))["alert-anna"]
    assert kinds(facts) == [ChurnRiskRaised, AlertAcknowledged]


async def test_however_batches_are_cut_the_facts_are_the_same(
    handler: InsightHandler, another: ServiceContext
) -> None:
    heard = log(
        UNPAID, (12.5, "anna", ACKNOWLEDGED), (13.1, "anna", SNOOZED), (21.1, "anna", SAVED),
        (21.2, "anna", PAID), (11.2, "ben", PaymentFailed(invoice="8")), (12.7, "ben", ACKNOWLEDGED),
        (19.5, "ben", SubscriptionCancelled()), days=30,
    )  # fmt: skip
    one = await played(handler, heard, 1_000)
    assert one == await played(holder(another, range(PARTITIONS)), heard, 1)
    assert len(one["alert-anna"]) == 7
    assert len(one["alert-ben"]) == 5
