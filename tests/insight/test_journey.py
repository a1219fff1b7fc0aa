"""Progress: the stage is the furthest reached, and neither order nor batches matter."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.insight.journey import MILESTONES, STAGES, Progress, progress
from shared.contracts.acquisition import LeadCaptured, LeadQualified
from shared.contracts.conversion import CustomerWon, OrderRepeated, UserJoined
from shared.contracts.event import Event
from shared.contracts.fact import Fact
from shared.contracts.retention import CarePlayOpened
from shared.contracts.signals import OrderPaid
from tests.scenario import day

CAPTURED = LeadCaptured(channel="search")
QUALIFIED = LeadQualified(score=60, threshold=50, because=())
JOINED = UserJoined(plan="free")
WON = CustomerWon(order_id="o1", amount=500, currency="EUR", was_user=True)
REPEATED = OrderRepeated(order_id="o2", amount=700, currency="EUR", number=2)
PAID = OrderPaid(order_id="o1", amount=500, currency="EUR")
YEN = OrderPaid(order_id="o3", amount=900, currency="JPY")
ALL = [CAPTURED, QUALIFIED, JOINED, WON, REPEATED, PAID, YEN, CarePlayOpened(alert_id="a1", rule="silence")]


def event(fact: Fact, on: float, customer: str = "anna") -> Event:
    return Event(f"{fact.type}@{on}", "/test", customer, day(on), fact)


EVENTS = st.lists(
    st.builds(event, st.sampled_from(ALL), st.integers(0, 30), st.sampled_from(["anna", "ben"])), min_size=1
)


def merged(one: Progress | None, other: Progress) -> Progress:
    """As the database merges two batches: earliest, latest, sums."""
    if one is None:
        return other
    reached = {
        name: min(each[name] for each in (one.reached, other.reached) if name in each)
        for name in one.reached | other.reached
    }
    return Progress(
        min(one.first_seen, other.first_seen),
        max(filter(None, (one.last_seen, other.last_seen)), default=None),
        one.purchases + other.purchases,
        dict(Counter(one.spent) + Counter(other.spent)),
        reached,
    )


@given(st.data(), EVENTS)
def test_in_any_order_and_any_batches_the_progress_is_the_same(
    data: st.DataObject, events: list[Event]
) -> None:
    shuffled = data.draw(st.permutations(events))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(events)), max_size=4)))
    together: dict[str, Progress] = {}
    for start, end in pairwise([0, *cuts, len(events)]):
        for customer, step in progress(shuffled[start:end]).items():
            together[customer] = merged(together.get(customer), step)
    assert together == progress(events)


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ([PAID], "stranger"),
        ([CAPTURED], "lead"),
        ([CAPTURED, QUALIFIED], "qualified lead"),
        ([CAPTURED, JOINED], "user"),
        ([WON, CAPTURED], "customer"),
        ([REPEATED, WON, JOINED], "regular"),
    ],
)
def test_the_stage_is_the_furthest_that_was_reached(facts: list[Fact], stage: str) -> None:
    made = progress(event(fact, on) for on, fact in enumerate(facts))
    assert made["anna"].stage == stage


def test_each_milestone_leads_to_a_stage() -> None:
    assert {milestone for milestone, _ in STAGES} == set(MILESTONES.values())


def test_a_milestone_keeps_its_first_moment_and_money_its_currency() -> None:
    facts = [event(REPEATED, 9), event(REPEATED, 4), event(PAID, 1), event(PAID, 2), event(YEN, 3)]
    made = progress(facts)["anna"]
    assert made.reached == {"repeated": day(4)}
    assert (made.purchases, made.spent) == (3, Counter({"EUR": 1000, "JPY": 900}))
    assert (made.first_seen, made.last_seen) == (day(1), day(3))


def test_what_we_made_of_a_customer_is_not_seen_of_them() -> None:
    alert = event(CarePlayOpened(alert_id="a1", rule="silence"), 9)
    assert progress([event(PAID, 1), event(WON, 2), alert])["anna"].last_seen == day(1)
    assert progress([alert])["anna"].last_seen is None


def test_one_customers_events_are_not_anothers() -> None:
    made = progress([event(PAID, 1), event(WON, 2, "ben")])
    assert made["ben"] == progress([event(WON, 2, "ben")])["ben"]
    assert made["anna"].reached == {}
