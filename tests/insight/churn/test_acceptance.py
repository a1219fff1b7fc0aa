"""A fit takes over only when there is enough to fit to, and no evidence against it."""

from dataclasses import replace
from datetime import date, timedelta

from services.insight.churn.acceptance import accept, advantage
from services.insight.risk.mbg.fit import fit
from services.insight.risk.mbg.histories import Seen, histories
from services.insight.risk.mbg.mbg import Parameters
from services.insight.churn.policy import Policy
from tests.insight.churn.cdnow import at_week

FOUND = at_week(25)
CANDIDATE = fit(FOUND)
LAST = fit(at_week(24)).parameters


def test_the_next_week_of_cdnow_takes_over() -> None:
    assert accept(CANDIDATE, LAST, FOUND, Policy(), 25).accepted


def test_the_first_fit_takes_over_unopposed() -> None:
    assert accept(CANDIDATE, None, FOUND, Policy(), 25).accepted


def test_a_fit_that_says_the_same_as_what_is_in_force_is_not_refused() -> None:
    assert accept(CANDIDATE, CANDIDATE.parameters, FOUND, Policy(), 25).accepted


def test_parameters_far_from_the_log_lose_by_many_standard_errors() -> None:
    assert advantage(CANDIDATE, Parameters(5, 1, 1, 5), FOUND) > 5


def test_too_early_a_week_is_refused_with_the_week_it_waits_for() -> None:
    verdict = accept(CANDIDATE, None, FOUND, Policy(first_week=30), 25)
    assert (verdict.accepted, verdict.reason) == (False, "week 25 comes before week 30")


def test_too_few_customers_or_repeat_buyers_are_refused_by_number() -> None:
    few = accept(replace(CANDIDATE, customers=99), None, FOUND, Policy(), 25)
    once = accept(replace(CANDIDATE, repeaters=19), None, FOUND, Policy(), 25)
    assert (few.accepted, few.reason) == (False, "99 customers are fewer than 100")
    assert (once.accepted, once.reason) == (False, "19 repeat buyers are fewer than 20")


def test_what_is_not_finite_or_did_not_converge_is_refused() -> None:
    nan = replace(CANDIDATE, parameters=Parameters(float("nan"), 1, 1, 1))
    for odd in (nan, replace(CANDIDATE, converged=False)):
        assert not accept(odd, LAST, FOUND, Policy(), 25).accepted


def test_a_fit_whose_halves_mislead_each_other_about_the_last_week_leaves_the_old_in_force() -> None:
    boundary, first = date(2024, 6, 3), date(2024, 1, 1)
    yesterday, long_ago = boundary - timedelta(days=1), first + timedelta(days=14)
    back = [Seen(first, yesterday, 2 * n, long_ago, 2 * n - 1) for n in range(1, 31)]
    gone = [Seen(first, long_ago, 2 * n + 1, long_ago, 2 * n + 1) for n in range(1, 31)]
    found = histories([(each, 1) for each in (*back, *gone)], boundary)
    verdict = accept(fit(found), Parameters(1.0, 1.0, 1.0, 2.0), found, Policy(fewest_customers=60), 22)
    assert not verdict.accepted
    assert "worse" in verdict.reason
