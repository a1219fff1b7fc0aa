"""Deadlines: the first morning, found without looking at every one; for many at once the same."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.insight.churn.deadlines import crossing, crossings
from services.insight.risk.mbg.mbg import Parameters
from services.insight.churn.policy import Policy
from services.insight.churn.silence import Silence

FIRST = date(2024, 1, 1)
PARAMETERS = st.builds(Parameters, *(st.floats(0.05, 10) for _ in range(4)))
SILENCES = st.builds(
    lambda span, repeats: Silence(FIRST, FIRST + timedelta(days=span), min(span, repeats)),
    st.integers(0, 200),
    st.integers(0, 60),
)
POLICIES = st.builds(
    lambda theta, weeks: Policy(threshold=theta, horizon_weeks=weeks), st.floats(0.05, 0.99), st.floats(1, 60)
)
MORNINGS = st.integers(-20, 300).map(lambda days: FIRST + timedelta(days=days))
SPANS = st.integers(0, 60).map(lambda days: timedelta(days=days))


def looked_for(p: Parameters, silence: Silence, policy: Policy, start: date, end: date) -> date | None:
    """By the definition: every morning, one after the other."""
    for morning in (start + timedelta(days=n) for n in range((end - start).days)):
        if morning > silence.last and silence.p_silent(p, morning, policy.horizon_weeks) >= policy.threshold:
            return morning
    return None


@given(PARAMETERS, SILENCES, POLICIES, MORNINGS, SPANS)
def test_the_crossing_is_the_first_morning_that_finds_the_silence_too_long(
    p: Parameters, silence: Silence, policy: Policy, start: date, span: timedelta
) -> None:
    assert crossing(p, silence, policy, start, start + span) == looked_for(
        p, silence, policy, start, start + span
    )


@settings(deadline=None)
@given(PARAMETERS, st.lists(SILENCES, max_size=30), POLICIES, MORNINGS, SPANS)
def test_the_crossings_of_many_are_those_of_each(
    p: Parameters, silences: list[Silence], policy: Policy, start: date, span: timedelta
) -> None:
    found = crossings(p, silences, policy, start, start + span)
    assert found == [crossing(p, silence, policy, start, start + span) for silence in silences]


def test_a_silence_is_not_judged_on_the_day_of_the_purchase_itself() -> None:
    at_once = Policy(threshold=0.01)
    assert crossing(
        Parameters(1, 1, 1, 1), Silence(FIRST, FIRST), at_once, FIRST, FIRST + timedelta(days=9)
    ) == FIRST + timedelta(days=1)
