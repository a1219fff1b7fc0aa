"""What the silence rule learns: from what came before alone, always the same, and nothing from too little."""

from math import log

import pytest
from pydantic import TypeAdapter

from services.insight.risk.purchases import purchases
from services.insight.risk.silence.bound import first_day
from services.insight.risk.silence.learning.learn import learn
from services.insight.risk.silence.learnt import Learnt, Settings
from services.insight.risk.silence.state import Silence
from tests.insight.risk.silence.shops import OPENS, known, lessons, payers, shop

WEEKS = 60


@pytest.fixture(scope="module")
def bought() -> list[list[int]]:
    return shop(600, WEEKS)


@pytest.fixture(scope="module")
def learnt(bought: list[list[int]]) -> Learnt:
    found = lessons(bought, WEEKS)[-1]
    assert found is not None
    return found


def test_nothing_is_learnt_from_what_is_still_to_come(bought: list[list[int]]) -> None:
    cut = [[day for day in days if day < OPENS + 7 * 30] for days in bought]
    assert lessons(bought, 31)[-1] == lessons([days for days in cut if days], 31)[-1]


def test_the_same_log_teaches_the_same(bought: list[list[int]]) -> None:
    assert lessons(bought, 20) == lessons(bought, 20)


def test_a_bound_is_chosen_and_the_chance_is_stated_once_the_horizon_has_passed(learnt: Learnt) -> None:
    assert (learnt.chosen, learnt.calibrated) == (True, True)


def test_what_is_learnt_comes_back_from_json(learnt: Learnt) -> None:
    kept = TypeAdapter(Learnt)
    assert kept.validate_json(kept.dump_json(learnt)) == learnt


def test_who_has_few_customers_few_who_came_back_or_a_young_log_learns_nothing(
    bought: list[list[int]],
) -> None:
    log_ = purchases(bought)
    assert learn(known(log_, 20), Settings(), None) is not None
    young = Settings(first_week=7, fewest_customers=30, fewest_repeaters=5, doubt=9)
    assert learn(known(log_, 7), young._replace(first_week=8), None) is None
    assert learn(known(log_, 7), young, None) is not None
    assert learn(known(purchases(bought[:80]), 50), Settings(), None) is None
    once = purchases([days[:1] for days in bought])
    assert learn(known(once, 50), Settings(), None) is None


def test_where_all_pay_once_a_month_the_bound_lies_beyond_the_day_of_payment() -> None:
    found = lessons(payers(500, WEEKS), WEEKS)[-1]
    assert found is not None
    assert found.chosen
    payer = Silence(OPENS, OPENS + 300, 10, 10 * log(30), 10 * log(30) ** 2)
    day = first_day(found.model, found.bounds[0], payer, payer.last + 1, payer.last + 400)
    assert day is not None
    assert 31 <= day - payer.last <= 45
