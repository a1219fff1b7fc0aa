"""Unusual gap: what is unusual for a customer is so as seldom as it says, and is said with her own days."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.insight.risk.calendar import Calendar
from services.insight.risk.known import Known
from services.insight.risk.purchases import Purchases, purchases
from services.insight.risk.rule import Open, Standard
from services.insight.risk.rules.unusual_gap import UNUSUAL_GAP, Settings, Usual, unusual_after
from services.insight.risk.silence.model import Crowd
from services.insight.risk.silence.state import Silence, broken

CALENDAR = Calendar(738_000)
USUAL = Usual(Crowd(1.2, 0.6, 2.0), (2.1, 2.8, 3.6))
STANDARD = Standard(Settings(), 1, USUAL)

silences = st.lists(st.integers(1, 60), max_size=20).map(
    lambda gaps: [738_000, *(738_000 + int(day) for day in np.cumsum(gaps))] if gaps else [738_000]
)


def bought(days: list[int]) -> Silence:
    silence = None
    for day in days:
        silence = broken(silence, day)
    assert silence is not None
    return silence


def known(of: Purchases, now: int) -> Known:
    return Known(CALENDAR.origin, now, CALENDAR.week(now), of)


def shop(customers: int, gaps: int, seed: int = 1) -> Purchases:
    """Each customer with a rhythm of their own."""
    chance = np.random.default_rng(seed)
    each = []
    for usual in chance.lognormal(1.5, 0.6, customers):
        lasted = np.maximum(1, chance.gamma(2.0, usual / 2, gaps).astype(int))
        each.append([CALENDAR.origin, *(CALENDAR.origin + int(day) for day in np.cumsum(lasted))])
    return purchases(each)


def learnt(of: Purchases) -> Usual | None:
    assert UNUSUAL_GAP.learn is not None
    return UNUSUAL_GAP.learn(known(of, CALENDAR.origin + 7 * 300), Settings(), None)


def test_gaps_of_others_of_that_shop_are_called_unusual_as_seldom_as_is_said() -> None:
    usual = learnt(shop(300, 25))
    assert usual is not None
    longer = np.zeros(3)
    others = shop(300, 25, seed=2)
    for first, end in zip(others.starts[:-1] + 6, others.starts[1:] - 1, strict=True):
        gap = bought([int(day) for day in others.days[first - 6 : end]])
        lasted = others.days[end] - gap.last
        longer += [lasted >= step for step in unusual_after(gap, usual)]
    assert longer[0] / 300 == pytest.approx(0.02, abs=0.015)
    assert longer[0] >= longer[1] >= longer[2]


def test_what_is_learnt_comes_back_from_a_fact_and_too_little_teaches_nothing() -> None:
    usual = learnt(shop(100, 20))
    assert usual is not None
    facts: TypeAdapter[Usual] = TypeAdapter(Usual)
    assert UNUSUAL_GAP.parameters is Usual
    assert facts.validate_json(facts.dump_json(usual)) == usual
    assert learnt(shop(30, 20)) is None
    assert learnt(purchases([])) is None


@given(st.lists(silences, min_size=1, max_size=5), st.integers(0, 400), st.integers(0, 3))
@settings(max_examples=300, deadline=None)
def test_whoever_reaches_a_step_is_named(each: list[list[int]], day: int, severity: int) -> None:
    assert UNUSUAL_GAP.coming is not None
    gaps = [bought(days) for days in each]
    morning = CALENDAR.morning(max(gap.last for gap in gaps) + day)
    last = CALENDAR.morning(gaps[0].last).date().isoformat()
    stand = [Open(last, severity) if severity and place == 0 else None for place in range(len(gaps))]
    named = UNUSUAL_GAP.coming(gaps, morning, STANDARD, CALENDAR, stand)
    for gap, stands, is_named in zip(gaps, stand, named, strict=True):
        since = CALENDAR.morning(gap.last) + timedelta(hours=9)
        due = UNUSUAL_GAP.due(gap, since, morning, STANDARD, CALENDAR, stands)
        assert is_named == (due is not None)


def test_it_tells_the_customer_s_own_days_and_how_seldom_that_is() -> None:
    gap = bought([738_000 + 3 * number for number in range(20)])
    after = unusual_after(gap, USUAL)[0]
    found = UNUSUAL_GAP.find(gap, CALENDAR.morning(gap.last + after), STANDARD, CALENDAR, None)
    assert found is not None
    assert found.words == (
        f"{after} days since the last purchase, where 3 are usual for this customer;"
        " at most 2 in 100 gaps last so long"
    )
    assert (found.severity, found.observations) == (1, 19)
    assert UNUSUAL_GAP.find(gap, CALENDAR.morning(gap.last + after - 1), STANDARD, CALENDAR, None) is None


def test_it_is_quiet_of_whoever_is_hardly_known_and_where_nothing_is_learnt() -> None:
    gap = bought([738_000 + 3 * number for number in range(6)])
    assert UNUSUAL_GAP.find(gap, CALENDAR.morning(gap.last + 99), STANDARD, CALENDAR, None) is None
    often = bought([738_000 + 3 * number for number in range(9)])
    at = CALENDAR.morning(often.last + 99)
    assert UNUSUAL_GAP.find(often, at, Standard(Settings(), 1), CALENDAR, None) is None
    assert UNUSUAL_GAP.scores is not None
    told = UNUSUAL_GAP.scores([gap, often, None], at, STANDARD, CALENDAR)
    assert list(np.isfinite(told)) == [False, True, False]


def test_a_gap_of_a_few_days_is_not_worth_a_word_however_unusual() -> None:
    daily = bought([738_000 + number for number in range(30)])
    assert unusual_after(daily, USUAL)[0] < 5
    assert UNUSUAL_GAP.coming is not None
    for days, worth in ((4, False), (5, True)):
        at = CALENDAR.morning(daily.last + days)
        assert (UNUSUAL_GAP.find(daily, at, STANDARD, CALENDAR, None) is not None) == worth
        assert list(UNUSUAL_GAP.coming([daily], at, STANDARD, CALENDAR, [None])) == [worth]
