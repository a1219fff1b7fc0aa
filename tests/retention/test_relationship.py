"""The relationship: opened when won, alive with every purchase."""

from services.retention.relationship import RELATIONSHIP, Begin, Repeat
from shared.contracts.retention import RelationshipOpened, RepeatPurchaseRecorded
from tests import scenario
from tests.scenario import day

given = scenario.given(RELATIONSHIP)
OPENED = RelationshipOpened(order_id="o1", purchased_at=day(0))


def repeat(days: float, latest: float) -> RepeatPurchaseRecorded:
    return RepeatPurchaseRecorded(
        order_id="o2", number=2, days_since_last=days, latest_purchase_at=day(latest)
    )


def test_a_won_customer_opens_the_relationship_once() -> None:
    given().when(Begin("o1"), at=day(0)).then_and_no_more(OPENED)


def test_a_repeat_purchase_counts_the_days_since_the_last() -> None:
    given(OPENED).when(Repeat("o2", 2), at=day(9)).then(repeat(9.0, latest=9))


def test_a_purchase_heard_of_late_does_not_turn_the_relationship_back() -> None:
    facts = (OPENED, repeat(9.0, latest=9))
    given(*facts).when(Repeat("o2", 2), at=day(4)).then(repeat(-5.0, latest=9))
