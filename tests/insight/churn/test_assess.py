"""`assess` in sentences: one buyer, one shop, parameters that make a silence of some weeks too long."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.insight.churn.alert import alert_id
from services.insight.churn.assess import assess
from services.insight.risk.mbg.mbg import Parameters, p_silent
from services.insight.churn.policy import Policy
from services.insight.churn.rules import InForce, Rules, Schedule
from services.insight.churn.weeks import Weeks

FIRST = date(2024, 1, 1)
FITTED = InForce(8, "week-8", Parameters(0.525, 6.183, 0.891, 1.614))
RULES = Rules(Policy(), Weeks(FIRST), Schedule((FITTED,)))
BOUGHT = [FIRST + timedelta(days=days) for days in (0, 20, 50)]
LATER = FIRST + timedelta(days=900)
[ALERT] = [alert for alert in assess("anna", BOUGHT, RULES, LATER) if alert.opened_on == BOUGHT[-1]]
DEADLINE = ALERT.raised_on


def test_a_silence_too_long_is_raised_on_its_first_morning_and_not_before() -> None:
    assert assess("anna", BOUGHT, RULES, DEADLINE - timedelta(days=1)) == []
    assert assess("anna", BOUGHT, RULES, DEADLINE) == [ALERT]
    assert ALERT.raised_at == datetime.combine(DEADLINE, datetime.min.time(), UTC)


def test_the_alert_carries_what_its_judgement_can_be_done_again_from() -> None:
    told = ALERT.measures()
    p = Parameters(told["r"], told["alpha"], told["a"], told["b"])
    again = p_silent(p, int(told["x"]), told["t_x"], told["T"], told["horizon"])
    [clause] = ALERT.clauses()
    assert clause.value == pytest.approx(again, abs=1e-8)
    assert (clause.name, clause.operator, clause.bound) == ("p_silent", ">=", 0.75)
    assert clause.value >= clause.bound
    assert told["T"] * 7 == pytest.approx((DEADLINE - FIRST).days - 1)


def test_the_next_purchase_resolves_it_even_when_it_lies_ahead() -> None:
    back = DEADLINE + timedelta(days=10)
    assert assess("anna", [*BOUGHT, back], RULES, DEADLINE) == [replace(ALERT, resolved_on=back)]


def test_a_purchase_on_the_very_day_of_the_deadline_comes_after_the_morning_that_raised() -> None:
    assert assess("anna", [*BOUGHT, DEADLINE], RULES, DEADLINE) == [replace(ALERT, resolved_on=DEADLINE)]


def test_a_purchase_on_the_day_before_prevents_it() -> None:
    assert assess("anna", [*BOUGHT, DEADLINE - timedelta(days=1)], RULES, DEADLINE) == []


def test_each_silence_has_an_alert_of_its_own() -> None:
    back = DEADLINE + timedelta(days=10)
    alerts = assess("anna", [*BOUGHT, back], RULES, LATER)
    assert [alert.opened_on for alert in alerts] == [BOUGHT[-1], back]
    assert len({alert.id for alert in alerts}) == 2


def test_nobody_is_judged_before_the_first_parameters_and_then_at_their_boundary() -> None:
    late = replace(RULES, schedule=Schedule((replace(FITTED, week=60),)))
    boundary = late.weeks.boundary(60)
    assert assess("anna", BOUGHT, late, boundary - timedelta(days=1)) == []
    assert [alert.raised_on for alert in assess("anna", BOUGHT, late, boundary)] == [boundary]
    assert assess("anna", BOUGHT, replace(RULES, schedule=Schedule()), LATER) == []


def test_a_week_is_judged_by_its_own_parameters() -> None:
    week = RULES.weeks.week_of(DEADLINE)
    eager = InForce(week, "eager", Parameters(5.0, 1.0, 5.0, 1.0))
    [alert] = assess("anna", BOUGHT, replace(RULES, schedule=RULES.schedule.then(eager)), LATER)
    assert (alert.raised_on, alert.in_force) == (RULES.weeks.boundary(week), eager)


def test_fits_enter_the_schedule_in_order_of_weeks() -> None:
    with pytest.raises(ValueError, match="fit again of week 8 comes after week-8 of week 8"):
        RULES.schedule.then(replace(FITTED, version="again"))


def test_the_id_of_an_alert_never_changes() -> None:
    assert ALERT.id == alert_id(Policy(), "anna", BOUGHT[-1]) == "b939b6e0-eff8-56f4-92fd-2094f9ecdbdb"
    assert alert_id(Policy(threshold=0.8), "anna", BOUGHT[-1]) != ALERT.id
    assert alert_id(Policy(rule_version="silence-2"), "anna", BOUGHT[-1]) != ALERT.id
