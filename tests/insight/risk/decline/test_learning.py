"""What became of use is learnt from weeks that are old enough to tell, and from nothing else."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.insight.risk.decline.choice import chosen
from services.insight.risk.decline.fall import Settings
from services.insight.risk.decline.learning import Past, fitted, past
from services.insight.risk.decline.model import Model
from services.insight.risk.decline.signs import Sums, signs, sums
from services.insight.risk.known import Known, Uses
from services.insight.risk.purchases import purchases
from services.insight.risk.rules.use_in_decline import USE_IN_DECLINE

BEGINS = 738_000
AHEAD, HABIT = 3, 4


def known(table: Any, ended: dict[int, int] | None = None) -> Known:
    """Calls by customer and week; nobody buys."""
    rows, weeks = np.nonzero(table)
    uses = {"calls": Uses(rows, weeks, np.asarray(table)[rows, weeks])}
    now = np.shape(table)[1]
    return Known(BEGINS, BEGINS + 7 * now, now, purchases([]), uses, ended or {})


def of_many(seed: int, weeks: int) -> Any:
    """A hundred and fifty people, of whom each stops in a week of their own."""
    chance = np.random.default_rng(seed)
    stops, fades = chance.integers(10, 60, 150), chance.uniform(0.3, 1.0, (150, weeks))
    pace = np.where(np.arange(weeks) < stops[:, None], 6.0, np.where(fades < 0.5, 1.0, 0.2))
    return chance.poisson(pace)


tables = st.integers(AHEAD + 2, 14).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([0, 0, 1, 4]), min_size=width, max_size=width), min_size=1, max_size=4
    ).filter(lambda rows: all(any(row) for row in rows))
)


@given(tables)
@settings(deadline=None)
def test_each_row_is_a_week_and_what_came_of_it(table: list[list[int]]) -> None:
    of = known(table)
    found = past(of, of.uses["calls"], AHEAD, HABIT)
    assert found is not None
    width = len(table[0])
    for row, quantities in enumerate(table):
        first = next(week for week, each in enumerate(quantities) if each)
        for place, week in enumerate(range(1, width - AHEAD + 1)):
            weeks = quantities[min(first, week) : week]
            assert found.counts[row, place] == (len(weeks) >= 4 and any(weeks))
            if found.counts[row, place]:
                before, after = weeks[-HABIT:], quantities[week : week + AHEAD]
                assert [each[row, place] for each in found.seen] == list(sums(weeks))
                assert found.fell[row, place] == (2 * HABIT * sum(after) <= AHEAD * sum(before))


def test_who_has_ended_it_is_asked_no_more() -> None:
    table = [[3] * 10]
    of = known(table, {0: BEGINS + 7 * 6})
    found = past(of, of.uses["calls"], AHEAD, HABIT)
    assert found is not None
    assert list(found.counts[0]) == [False] * 3 + [True] * 3 + [False]


def learnt(table: Any, before: Model | None = None) -> Model | None:
    assert USE_IN_DECLINE.learn is not None
    return USE_IN_DECLINE.learn(known(table), Settings(), before)


def test_a_business_where_use_falls_is_learnt_alike_each_time_and_comes_back_from_a_fact() -> None:
    table = of_many(1, 40)
    model = learnt(table)
    assert model is not None
    assert model == learnt(table)
    assert [each.behaviour for each in model.behaviours] == ["calls", "all use"]
    calls = model.of("calls")
    assert calls is not None
    assert calls.bound is not None
    assert calls.right >= 0.6 * calls.alerts
    assert USE_IN_DECLINE.parameters is Model
    facts: TypeAdapter[Model] = TypeAdapter(Model)
    assert facts.validate_json(facts.dump_json(model)) == model


def test_nothing_is_learnt_from_too_little_nor_anew_within_a_month() -> None:
    assert learnt(of_many(1, 40)[:3]) is None
    assert learnt(of_many(1, 7)) is None
    model = learnt(of_many(1, 40))
    assert learnt(of_many(1, 43), model) is None
    assert learnt(of_many(1, 44), model) is not None


def test_the_lowest_bound_is_taken_that_was_right_as_often_as_wished() -> None:
    chances = np.repeat([0.9, 0.7, 0.6, 0.5], 40)[:, None]
    right = np.tile([True, True, True, False], 40)[:, None] & (chances > 0.65)
    seen = Sums(*[np.ones((160, 1))] * 9)
    of = Past(np.ones((160, 1), dtype=bool), seen, right)
    assert chosen(of, chances, 0.6) == (0.62, 80, 60)
    assert chosen(of, chances, 0.4) == (0.52, 120, 60)
    assert chosen(of, chances, 0.8).bound is None
    again = np.repeat([True, False, True, True], 40)[:, None]  # what lies above it must hold as well
    assert chosen(of._replace(fell=again), chances, 0.6).bound == 0.72
    few = Past(of.counts[:20], Sums(*(each[:20] for each in seen)), right[:20])
    assert chosen(few, chances[:20], 0.5).bound is None


def test_a_sign_that_has_hardly_differed_so_far_gets_no_great_weight() -> None:
    """As in a young log, where the last eight weeks are all there is, but for one customer."""
    chance = np.random.default_rng(1)
    weeks = [list(chance.poisson(6.0, chance.integers(4, 9))) for _ in range(400)]
    weeks[0] = [5, 5, *weeks[0][:4], 5, 5, 9]
    seen = np.array([signs(sums(each)) for each in weeks])
    fell = np.array([each[-1] < 5 for each in weeks], dtype=np.float64)
    assert max(abs(weight) for weight in fitted(seen, fell)) < 5
