"""The backtest on CDNOW: weekly refits from week 8, judged by who never returned by 1998-06-30."""

from dataclasses import replace
from datetime import date

import pytest

from services.insight.churn.assess import assess
from services.insight.churn.backtest import Score, backtest, replayed
from services.insight.churn.policy import THRESHOLD, Policy
from services.insight.churn.rules import Rules
from tests.insight.churn.cdnow import WEEKS, days

END = date(1998, 6, 30)


@pytest.fixture(scope="module")
def rules() -> Rules:
    return replayed(days(), Policy(), WEEKS, 77)


def worth(rules: Rules, threshold: float) -> Score:
    judged_by = replace(rules, policy=replace(rules.policy, threshold=threshold))
    return backtest(days(), judged_by, date(1997, 9, 30), END)


def test_the_fit_of_week_39_is_in_force_with_the_published_parameters(rules: Rules) -> None:
    found = rules.schedule.at(39)
    assert found is not None
    assert found.week == 39
    assert [round(v, 3) for v in found.parameters.as_tuple()] == [0.525, 6.183, 0.891, 1.614]


def test_there_are_4814_silences_of_which_1673_are_final(rules: Rules) -> None:
    score = worth(rules, THRESHOLD)
    assert (score.silences, score.final) == (4814, 1673)
    assert score.raised == score.standing + score.resolved


def test_the_default_finds_nearly_all_within_two_months_and_two_alerts_of_three_are_right(
    rules: Rules,
) -> None:
    score = worth(rules, THRESHOLD)
    assert score.precision == pytest.approx(0.654, abs=5e-4)
    assert score.recall == pytest.approx(0.981, abs=5e-4)
    assert score.median_delay_days == 58


def test_at_a_precision_of_65_percent_half_of_the_lost_are_found_within_57_days(rules: Rules) -> None:
    score = worth(rules, 0.748)
    assert score.precision is not None
    assert score.median_delay_days is not None
    assert score.precision >= 0.65
    assert score.median_delay_days <= 57


def test_a_higher_threshold_is_slower_and_more_often_right(rules: Rules) -> None:
    low, high = worth(rules, 0.65), worth(rules, 0.85)
    assert (low.precision or 0) < (high.precision or 0)
    assert (low.median_delay_days or 0) < (high.median_delay_days or 0)
    assert low.recall == 1.0


def test_every_alert_is_judged_by_a_fit_to_what_came_before_its_own_week(rules: Rules) -> None:
    alerts = [a for customer, bought in days().items() for a in assess(customer, bought, rules, END)]
    assert len(alerts) > 2000
    assert all(8 <= alert.in_force.week <= WEEKS.week_of(alert.raised_on) for alert in alerts)


def test_with_nothing_to_divide_by_a_score_says_so(rules: Rules) -> None:
    score = backtest({}, rules, END, END)
    assert (score.precision, score.recall, score.median_delay_days) == (None, None, None)
