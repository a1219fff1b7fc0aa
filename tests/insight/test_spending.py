"""An amount taken before the contract was strict lies there as it came, and is summed as it was read."""

from datetime import timedelta

import pytest

from services.insight.app import InsightHandler
from shared.contracts.event import Event, encode
from shared.contracts.reading import read, recall
from shared.contracts.signals import SIGNALS, OrderPaid
from shared.core.batch import Batch, Heard
from tests.scenario import day

pytestmark = pytest.mark.system
IGNORED = [r"\u0000", r"\u0000\u0000 \\\u0000", r"\\u0000 \\\\u0000", r"\ud83d\ude00"]
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


@pytest.mark.parametrize("text", IGNORED)
@pytest.mark.parametrize("place", ['"data":{', "{"])
async def test_a_text_that_nobody_reads_keeps_nobodys_spending_unread(
    handler: InsightHandler, place: str, text: str
) -> None:
    paid = OrderPaid(order_id="o1", amount=4711, currency="EUR")
    body = encode(Event("1", "/shop", "anna", day(1), paid))
    body = body.replace(place.encode(), f'{place}"{text}":"{text}",'.encode(), 1)
    await handler.handle(Batch([Heard("signals", 0, 0, read(body, (), SIGNALS), body)]))
    rows = await handler.context.store.pool.fetch("select customer, currency, amount from spending")
    assert [tuple(row) for row in rows] == [("anna", "EUR", 4711)]


async def test_whoever_spent_more_than_a_bigint_holds_keeps_nobodys_spending_unread(
    handler: InsightHandler,
) -> None:
    paid = OrderPaid(order_id="o1", amount=10**15, currency="EUR")
    events = [Event(str(number), "/shop", "anna", day(1), paid) for number in range(9_300)]
    await handler.handle(Batch([Heard("signals", 0, n, each, encode(each)) for n, each in enumerate(events)]))
    rows = await handler.context.store.pool.fetch("select amount from spending")
    assert [row["amount"] for row in rows] == [9_300 * 10**15]
