"""Payment failing: by the hour, from the first failure on, until the money is in."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.insight.risk.calendar import Calendar
from services.insight.risk.rule import Open, Standard
from services.insight.risk.rules.payment_failing import PAYMENT_FAILING, Settings, Unpaid

CALENDAR, STANDARD = Calendar(738_000), Standard(Settings(), 1)
FAILED = datetime(2024, 3, 1, 10, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
OWED = (Unpaid("i1", FAILED, 3),)


def found(after: timedelta) -> tuple[int, str, int] | None:
    it = PAYMENT_FAILING.find(OWED, FAILED + after, STANDARD, CALENDAR, None)
    return it and (it.severity, it.words, it.observations)


def test_it_is_told_on_the_full_hour_with_the_tries_it_was_judged_by() -> None:
    assert found(24 * HOUR) is None
    assert found(24 * HOUR + timedelta(minutes=40)) == (1, "an invoice unpaid for 24 hours after 3 tries", 3)
    assert PAYMENT_FAILING.play.startswith("Mend the payment")


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3)), min_size=1, max_size=6), st.integers(22, 34)
)
def test_whoever_has_a_step_to_come_is_named(each: list[tuple[int, int]], hours: int) -> None:
    assert PAYMENT_FAILING.coming is not None
    until = FAILED.replace(minute=0) + hours * HOUR
    states = [(Unpaid("i", FAILED + ago * HOUR / 7, 1),) if ago else () for ago, _ in each]
    stand = [
        Open(f"i@{state[0].since.isoformat()}", severity) if state and severity else None
        for state, (_, severity) in zip(states, each, strict=True)
    ]
    named = PAYMENT_FAILING.coming(states, until, STANDARD, CALENDAR, stand)
    for state, stands, is_named in zip(states, stand, named, strict=True):
        since = state[0].since if state else FAILED
        assert is_named == (PAYMENT_FAILING.due(state, since, until, STANDARD, CALENDAR, stands) is not None)


def test_the_longer_it_is_owed_the_higher_it_ranks() -> None:
    assert PAYMENT_FAILING.scores is not None
    later = (Unpaid("i2", FAILED + 5 * HOUR, 9),)
    told = PAYMENT_FAILING.scores([later, OWED, ()], FAILED + 9 * HOUR, STANDARD, CALENDAR)
    assert told[2] == -np.inf < told[0] < told[1]
