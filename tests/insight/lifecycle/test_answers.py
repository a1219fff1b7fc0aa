"""Deeds that come together are answered one after another, each knowing those before it."""

from services.insight.lifecycle.answers import answers
from shared.contracts.event import Event
from shared.contracts.insight import AlertAcknowledged, AlertDeedRefused, AlertOutcomeRecorded
from shared.contracts.signals import OrderPaid
from tests.insight.lifecycle.test_deeds import DAY, NOON, acknowledge, outcome, raised, resolved, snooze


def test_each_deed_knows_what_was_answered_before_it_and_what_is_no_deed_has_no_answer() -> None:
    stream = [
        Event(f"f{n}", "i", "C", NOON, fact) for n, fact in enumerate((raised(), resolved(), raised("B")))
    ]
    bought = OrderPaid(order_id="1", amount=1, currency="EUR")
    told = (acknowledge(alert="B"), bought, acknowledge(alert="B"), snooze(3), outcome("saved"))
    heard = [Event(f"d{n}", "crm", "C", NOON + n * DAY, data) for n, data in enumerate(told)]
    found = list(answers(stream, heard))
    assert [(type(each.fact), each.deed.id) for each in found] == [
        (AlertAcknowledged, "d0"), (AlertDeedRefused, "d3"), (AlertOutcomeRecorded, "d4"),
    ]  # fmt: skip
