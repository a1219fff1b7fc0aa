"""An amount taken before the contract was strict lies there as it came, and is summed as it was read."""

from datetime import timedelta

import pytest

from services.insight.app import InsightHandler
from shared.contracts.event import Event, encode
from shared.contracts.reading import recall
from shared.contracts.signals import SIGNALS, OrderPaid
from shared.core.batch import Batch, Heard
from tests.scenario import day

pytestmark = pytest.mark.system
ONCE_TAKEN = ["1999", "1999.0", "1.999e3", '"1999"', '" 1999 "', '"1999.0"', "true"]


async def test_an_amount_that_was_once_taken_is_what_it_was_taken_for(handler: InsightHandler) -> None:
    paid = OrderPaid(order_id="o1", amount=4711, currency="EUR")
    heard, sum_ = [], 0
    for number, amount in enumerate(ONCE_TAKEN):
        written = encode(Event(f"{number}", "/shop", "anna", day(1) + timedelta(minutes=number), paid))
        body = written.replace(b'"amount":4711', f'"amount":{amount}'.encode())
        event = recall(body, SIGNALS)
        assert isinstance(event.data, OrderPaid)
        sum_ += event.data.amount
        heard.append(Heard("signals", 0, number, event, body))
    await handler.handle(Batch(heard))
    rows = await handler.context.store.pool.fetch("select customer, currency, amount from spending")
    assert [tuple(row) for row in rows] == [("anna", "EUR", sum_)] == [("anna", "EUR", 6 * 1999 + 1)]
