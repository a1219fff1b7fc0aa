"""How quiet somebody is on a morning, beside what is alerted."""

from services.insight.churn.assess import assess
from services.insight.risk.mbg.mbg import Parameters
from services.insight.churn.policy import Policy
from services.insight.churn.rules import InForce, Rules, Schedule
from services.insight.churn.weeks import DAY, Weeks
from services.insight.quiet import quiet
from tests.example_facts import on

FIT = InForce(8, "week-8", Parameters(0.525, 6.183, 0.891, 1.614))
RULES = Rules(Policy(), Weeks(on(0)), Schedule((FIT,)))
DAYS = [on(0), on(50)]


def test_the_due_foreseen_is_the_morning_on_which_the_alert_is_raised() -> None:
    foreseen = quiet("anna", DAYS, RULES, on(60)).due
    assert foreseen is not None
    [alert] = assess("anna", DAYS, RULES, foreseen)
    assert alert.raised_on == foreseen
    assert assess("anna", DAYS, RULES, foreseen - DAY) == []


def test_the_chance_on_that_morning_is_the_one_in_the_alert() -> None:
    due = quiet("anna", DAYS, RULES, on(60)).due
    assert due is not None
    [alert] = assess("anna", DAYS, RULES, due)
    found = quiet("anna", DAYS, RULES, due)
    assert (found.p_silent, found.raised_on, found.due) == (alert.p_silent, due, None)
    assert found.days == (due - on(50)).days


def test_an_alert_on_an_earlier_silence_says_nothing_about_this_one() -> None:
    days = [*DAYS, on(400)]
    assert len(assess("anna", days, RULES, on(401))) == 1
    assert quiet("anna", days, RULES, on(401)).raised_on is None


def test_on_the_day_of_a_purchase_there_is_no_silence_to_judge() -> None:
    found = quiet("anna", DAYS, RULES, on(50))
    assert (found.days, found.p_silent, found.due) == (0, None, None)
    assert quiet("anna", [*DAYS, on(60)], RULES, on(60)).params_version == "week-8"


def test_before_any_parameters_are_in_force_silence_is_only_counted() -> None:
    found = quiet("anna", DAYS, RULES, on(55))
    assert (found.days, found.p_silent, found.params_version) == (5, None, None)
    assert quiet("anna", DAYS, RULES, on(56)).params_version == "week-8"


def test_what_lies_more_than_three_years_ahead_is_not_foreseen() -> None:
    patient = Rules(Policy(threshold=0.999999), RULES.weeks, RULES.schedule)
    assert quiet("anna", DAYS, patient, on(60)).due is None
