"""One id for two customers is two events, in one batch, in two, in either order: and each is told once."""

from itertools import permutations
from typing import Any

import pytest

from services.insight.app import InsightHandler
from shared.contracts.event import Event, encode
from shared.contracts.signals import OrderPaid
from shared.core.batch import Heard
from tests.insight.cdnow_records import batch
from tests.scenario import day

pytestmark = pytest.mark.system
PAID = OrderPaid(order_id="o1", amount=500, currency="EUR")


def sent() -> list[Heard]:
    """Twice for each of three customers, two of whom share a partition."""
    places = {"anna": 0, "ben": 0, "cleo": 1}
    events = [(places[who], Event("1", "/shop", who, day(1), PAID)) for who in (*places, *places)]
    return [Heard("signals", place, n, event, encode(event)) for n, (place, event) in enumerate(events)]


@pytest.mark.parametrize("size", [1, 2, 4, 6])
@pytest.mark.parametrize("order", [*permutations((0, 1, 2))])
async def test_each_customers_purchase_is_told_once(
    handler: InsightHandler, size: int, order: tuple[int, ...]
) -> None:
    heard = sent()
    lying = [heard[n + again] for again in (0, 3) for n in order]
    repeated: Any = 0
    for start in range(0, len(lying), size):
        part = batch(lying[start : start + size])
        repeated += sum((await handler.handle(type(part)(part.heard))).values())
    rows = await handler.context.store.pool.fetch(
        "select customer, purchases, (select count(*) from timeline t where t.customer = j.customer)"
        " from journeys j order by customer"
    )
    assert [tuple(row) for row in rows] == [(who, 1, 1) for who in ("anna", "ben", "cleo")]
    assert repeated == 3
