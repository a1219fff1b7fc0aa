"""Logs of one customer, of everything that any rule hears, and standards that change on the way."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from services.insight.risk.calendar import Calendar
from services.insight.risk.decline import fall, model
from services.insight.risk.mbg.mbg import Parameters
from services.insight.risk.rule import Standard
from services.insight.risk.rules import RULES, payment_failing, silence, unusual_gap, use_in_decline
from services.insight.risk.silence.bound import Bound
from services.insight.risk.silence.learnt import Learnt, Settings
from services.insight.risk.silence.model import Crowd, Model
from services.insight.risk.silence.ranking import Ranking
from services.insight.risk.standards import Adopted, InForce, Standards
from services.insight.risk.walk import order
from shared.contracts.event import Event
from shared.contracts.fact import Fact
from shared.contracts.signals import (
    OrderPaid,
    PaymentFailed,
    PaymentRecovered,
    SubscriptionCancelled,
    UsageRecorded,
)

ORIGIN = datetime(2024, 1, 1, tzinfo=UTC)
END = ORIGIN + timedelta(days=400)
ZONES = ["UTC", "America/New_York", "Asia/Kathmandu"]
FIRST = Parameters(0.52, 6.2, 0.89, 1.6)
SECOND = Parameters(0.7, 5.0, 0.4, 2.6)
WEIGHTS = (0.8, -0.2, 0.3, 0.2, 0.1, 0.1, -0.3, -0.2, -0.5)
LEARNT = (
    Learnt(Model(FIRST, 13.0, Crowd(3.0, 0.8, 2.0)), (Bound(0.75), Bound(0.87), Bound(0.94))),
    Learnt(
        Model(SECOND, 13.0, Crowd(3.2, 0.7, 1.5), WEIGHTS),
        (Bound(0.0, 40), Bound(0.8, 45), Bound(0.0, 90)), True, True,
        (0.1, -0.2, 0.0, -0.5), Ranking((0.1, 1.0, -0.2, -0.4, -0.5), 0.5),
    ),
)  # fmt: skip

USUAL = (
    unusual_gap.Usual(Crowd(2.0, 0.8, 2.0), (0.9, 1.5, 2.4)),
    unusual_gap.Usual(Crowd(1.2, 0.6, 1.0, 2.0), (0.8, 1.2, 2.0)),
)


def in_force(rule: str) -> tuple[InForce, ...]:
    """Two fits of each rule that is fitted, and settings that are easily met."""
    first: Any
    second: Any
    settings: Any
    match rule:
        case silence.NAME:
            first, second = LEARNT
            settings = Settings()
        case unusual_gap.NAME:
            first, second = USUAL
            settings = unusual_gap.Settings(2, (20, 8, 2), 3)
        case use_in_decline.NAME:
            bounds = {"calls": 0.5, "purchases": 0.4}
            each = tuple(model.Learnt(name, model.UNTAUGHT, bound) for name, bound in bounds.items())
            first, second = None, model.Model(20, each)
            settings = fall.Settings(2, 3, (0.7, 0.4, 0.1), 0.9, 0.5, 0.2)
        case _:
            first = second = None
            settings = payment_failing.Settings()
    return (InForce(2, Standard(settings, 1, first, "a")), InForce(20, Standard(settings, 1, second, "b")))


def standards(zone: str = "UTC") -> Standards:
    return Standards(
        Calendar(ORIGIN.toordinal(), zone), tuple(Adopted(rule, in_force(rule.name)) for rule in RULES)
    )


facts: st.SearchStrategy[Fact] = st.one_of(
    st.just(OrderPaid(order_id="o", amount=100, currency="EUR")),
    st.builds(UsageRecorded, behaviour=st.sampled_from(["calls", "files"]), quantity=st.integers(1, 9)),
    st.builds(PaymentFailed, invoice=st.sampled_from(["i1", "i2"])),
    st.builds(PaymentRecovered, invoice=st.sampled_from(["i1", "i2"])),
    st.builds(SubscriptionCancelled),
)
moments = st.builds(
    lambda days, seconds: ORIGIN + timedelta(days=days, seconds=seconds),
    st.integers(0, 399), st.sampled_from([0, 1, 3_600, 43_200, 86_399]),
)  # fmt: skip
logs = st.lists(st.tuples(moments, facts), max_size=40).map(
    lambda said: sorted(
        (Event(f"e{n}", "/shop", "c", time, fact) for n, (time, fact) in enumerate(said)), key=order
    )
)
