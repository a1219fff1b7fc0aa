"""The law: whatever the order of arrival and however the clock moves, live ends where `assess` ends."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from services.insight.risk.mbg.mbg import Parameters
from services.insight.churn.policy import Policy
from services.insight.churn.rules import InForce, Rules, Schedule
from services.insight.churn.weeks import Weeks
from tests.insight.churn.partition import Partition

ORIGIN = date(2024, 1, 3)
SPAN = 77
DAYS = st.integers(0, SPAN).map(lambda n: ORIGIN + timedelta(days=n))
PURCHASES = st.lists(st.tuples(st.sampled_from("ab"), DAYS), min_size=1, max_size=14)
PARAMETERS = st.builds(Parameters, *(st.floats(0.2, 4.0) for _ in range(4)))


@st.composite
def partitions(draw: Callable[..., Any]) -> Partition:
    weeks = sorted(draw(st.sets(st.integers(1, SPAN // 7), min_size=1, max_size=8)))
    fits = tuple(InForce(week, f"fit-{week}", draw(PARAMETERS)) for week in weeks)
    policy = Policy(
        threshold=draw(st.floats(0.2, 0.95)), horizon_weeks=draw(st.sampled_from([1.0, 4.0, 39.0]))
    )
    return Partition(Rules(policy, Weeks(ORIGIN), Schedule()), Schedule(fits))


def _steps(data: st.DataObject, partition: Partition, heard: list[tuple[str, date]], in_time: bool) -> None:
    """The clock moves at will before each purchase; in time: never beyond a day that is still to be heard."""
    for place, (customer, day) in enumerate(heard):
        furthest = min(later for _, later in heard[place:]) if in_time else ORIGIN + timedelta(days=SPAN)
        room = (furthest - partition.judged.through).days
        partition.clock(partition.judged.through + timedelta(days=data.draw(st.integers(0, max(0, room)))))
        partition.purchase(customer, day)
        partition.agrees_with_assess()


@settings(max_examples=400, deadline=None)
@given(st.data(), partitions(), PURCHASES)
def test_in_any_order_that_is_not_late_what_is_told_is_what_assess_says_and_nothing_is_withdrawn(
    data: st.DataObject, partition: Partition, purchases: list[tuple[str, date]]
) -> None:
    _steps(data, partition, purchases, in_time=True)
    partition.clock(ORIGIN + timedelta(days=data.draw(st.integers(SPAN, SPAN + 30))))
    partition.agrees_with_assess()
    event(f"alerts {min(3, sum(map(len, partition.told.values())))}")
    assert partition.withdrawals == 0


@settings(max_examples=400, deadline=None)
@given(st.data(), partitions(), PURCHASES)
def test_after_late_purchases_too_what_stands_is_what_assess_says(
    data: st.DataObject, partition: Partition, purchases: list[tuple[str, date]]
) -> None:
    _steps(data, partition, purchases, in_time=False)
    partition.clock(ORIGIN + timedelta(days=SPAN + 30))
    partition.agrees_with_assess()
    event(f"withdrawals {min(3, partition.withdrawals)}")
