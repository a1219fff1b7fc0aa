"""Who has ended a subscription is accused of nothing more, until they buy again."""

from datetime import timedelta

import pytest

from services.insight.risk.rule import Rule
from services.insight.risk.rules.silence import SILENCE
from services.insight.risk.rules.unusual_gap import UNUSUAL_GAP
from services.insight.risk.walk import nobody, walk_through
from shared.contracts.event import Event
from shared.contracts.signals import OrderPaid, SubscriptionCancelled
from tests.insight.risk.logs import END, ORIGIN, standards

PAID = OrderPaid(order_id="o", amount=100, currency="EUR")


@pytest.mark.parametrize("rule", [SILENCE, UNUSUAL_GAP], ids=lambda rule: rule.name)
def test_no_silence_is_judged_after_the_end(rule: Rule) -> None:
    bought = [Event(f"e{n}", "/shop", "c", ORIGIN + timedelta(days=7 * n), PAID) for n in range(20)]
    ended = Event("end", "/shop", "c", ORIGIN + timedelta(days=134), SubscriptionCancelled())

    def accused(events: list[Event]) -> bool:
        person, _ = walk_through("c", nobody(standards().rules), events, ORIGIN, END, standards())
        return rule.name in person.standing

    assert accused(bought)
    assert not accused([*bought, ended])
