"""Whole journeys through the three stages in memory: a signal, facts, commands of the next stage."""

import pytest

from services.acquisition.score import COLD_AFTER_DAYS
from shared.contracts.acquisition import LeadCaptured, LeadQualified, LeadWentCold
from shared.contracts.conversion import CustomerWon, OrderRepeated
from shared.contracts.event import Event
from shared.contracts.insight import ChurnRiskResolved, ChurnRiskWithdrawn
from shared.contracts.retention import (
    CarePlayClosed,
    CarePlayOpened,
    RelationshipOpened,
    RepeatPurchaseRecorded,
)
from shared.contracts.signals import SourceHeartbeat, TouchRecorded, UserSignedUp
from tests.example_facts import event, paid, raised, resolved, withdrawn
from tests.journeys.stages import StagesInMemory
from tests.scenario import day

JOURNEY = [
    event(TouchRecorded(channel="search", campaign="spring"), 0),
    event(UserSignedUp(), 1),
    event(paid(500, order="o1"), 10, "first"),
    event(paid(700, order="o2"), 24.5, "second"),
]


def beat(at: float, closed: bool = False) -> Event:
    return event(SourceHeartbeat(closed=closed), at, customer="")


async def test_a_first_payment_wins_a_customer_and_opens_the_relationship() -> None:
    stages = StagesInMemory()
    await stages.hear("signals", event(paid(500), 3))
    captured, _, qualified = stages.facts("acquisition")
    assert captured == LeadCaptured(channel="purchase")
    assert isinstance(qualified, LeadQualified)
    won = CustomerWon(order_id="o1", amount=500, currency="EUR", was_user=False)
    assert stages.facts("conversion") == [won]
    assert stages.facts("retention") == [RelationshipOpened(order_id="o1", purchased_at=day(3))]


async def test_from_the_first_touch_to_the_second_order() -> None:
    stages = StagesInMemory()
    await stages.hear("signals", *JOURNEY)
    assert stages.types("acquisition") == [
        *("acquisition.lead_captured", "acquisition.lead_scored", "acquisition.lead_scored"),
        *("acquisition.lead_scored", "acquisition.lead_qualified"),
    ]
    assert stages.facts("conversion")[1:] == [
        CustomerWon(order_id="o1", amount=500, currency="EUR", was_user=True),
        OrderRepeated(order_id="o2", amount=700, currency="EUR", number=2),
    ]
    assert stages.facts("retention") == [
        RelationshipOpened(order_id="o1", purchased_at=day(10)),
        RepeatPurchaseRecorded(order_id="o2", number=2, days_since_last=14.5, latest_purchase_at=day(24.5)),
    ]


@pytest.mark.parametrize(
    ("end", "outcome"), [(resolved("a1", 80), "returned"), (withdrawn("a1"), "withdrawn")]
)
async def test_an_alert_opens_a_care_play_and_its_end_closes_it(
    end: ChurnRiskResolved | ChurnRiskWithdrawn, outcome: str
) -> None:
    stages = StagesInMemory()
    await stages.hear("insight", event(raised("a1"), 70))
    assert stages.facts("retention") == [CarePlayOpened(alert_id="a1", rule="silence")]
    await stages.hear("insight", event(end, 80))
    closed = stages.facts("retention")[1:]
    assert closed == [CarePlayClosed.model_validate({"alert_id": "a1", "outcome": outcome})]


async def test_an_alert_raised_again_after_it_was_withdrawn_is_cared_for_again() -> None:
    stages = StagesInMemory()
    await stages.hear("insight", event(raised("a1"), 70), event(withdrawn("a1"), 75))
    await stages.hear("insight", event(raised("a1"), 80))
    assert [fact.type.partition("_play_")[2] for fact in stages.facts("retention")] == [
        "opened", "closed", "opened",
    ]  # fmt: skip


async def test_each_fact_names_what_caused_it_and_the_signal_that_began_it_all() -> None:
    stages = StagesInMemory()
    await stages.hear("signals", event(paid(500), 3, "the-signal"))
    [won], [opened] = stages.topics["conversion"], stages.topics["retention"]
    assert (won.causation, won.correlation) == ("the-signal", "the-signal")
    assert (opened.causation, opened.correlation) == (won.id, "the-signal")


async def test_heard_again_at_a_new_offset_a_signal_changes_nothing() -> None:
    stages = StagesInMemory()
    await stages.hear("signals", *JOURNEY)
    before = stages.types("acquisition", "conversion", "retention")
    await stages.hear("signals", *JOURNEY)
    assert stages.types("acquisition", "conversion", "retention") == before


async def test_one_by_one_the_stages_decide_what_they_decide_of_one_batch() -> None:
    together, apart = StagesInMemory(), StagesInMemory()
    await together.hear("signals", *JOURNEY)
    for each in JOURNEY:
        await apart.hear("signals", each)
    for stage in ("acquisition", "conversion", "retention"):
        assert apart.topics[stage] == together.topics[stage]


async def test_a_lead_left_alone_goes_cold_by_the_time_that_others_vouch_for() -> None:
    stages = StagesInMemory()
    await stages.hear("signals", beat(0), JOURNEY[0])
    await stages.hear("signals", beat(COLD_AFTER_DAYS - 1))
    assert LeadWentCold(after_days=COLD_AFTER_DAYS) not in stages.facts("acquisition")
    await stages.hear("signals", beat(COLD_AFTER_DAYS + 40))
    cold = stages.topics["acquisition"][-2]
    assert (cold.data, cold.time) == (LeadWentCold(after_days=COLD_AFTER_DAYS), day(COLD_AFTER_DAYS))


async def test_the_time_is_passed_on_from_stage_to_stage_after_what_came_before_it() -> None:
    stages = StagesInMemory()
    await stages.hear("signals", beat(0), *JOURNEY, beat(30, closed=True))
    await stages.hear("insight", beat(30, closed=True)._replace(source="/evergreen/insight"))
    for stage in ("acquisition", "conversion", "retention"):
        last = stages.topics[stage][-1]
        assert (last.source, last.time) == (f"/evergreen/{stage}", day(30))
        assert last.data == SourceHeartbeat(closed=True, lease_seconds=0)


async def test_retention_vouches_for_no_time_before_insight_has_spoken_and_for_no_more_than_it_has() -> None:
    stages = StagesInMemory()
    await stages.hear("signals", beat(0), *JOURNEY, beat(30))
    assert "source.heartbeat" not in [each.data.type for each in stages.topics["retention"]]
    await stages.hear("insight", beat(20)._replace(source="/evergreen/insight"))
    assert stages.topics["retention"][-1].time == day(20)


async def test_two_customers_journeys_do_not_touch() -> None:
    both, alone = StagesInMemory(), StagesInMemory()
    bens = [each._replace(id=f"ben-{each.id}", subject="ben") for each in JOURNEY]
    await both.hear("signals", *[each for pair in zip(JOURNEY, bens, strict=True) for each in pair])
    await alone.hear("signals", *JOURNEY)
    annas = [each for each in both.topics["retention"] if each.subject == "anna"]
    assert annas == alone.topics["retention"]
