"""The stream of the model: a calendar that opens once, and what judges from which week on."""

import pytest

from services.insight.judging.model import Model, evolve, fitted, judges_by, replay, settled
from services.insight.risk.fitting import Policy
from services.insight.risk.known import Known
from services.insight.risk.purchases import purchases
from services.insight.risk.rule import Rule, Standard
from services.insight.risk.rules import RULES
from shared.contracts.event import Event, encode
from shared.contracts.insight import INSIGHT
from shared.contracts.policies import (
    CalendarOpened,
    ModelFitted,
    SilenceCalendarOpened,
    SilenceModelFitted,
    WeekSettled,
)
from shared.contracts.reading import read
from tests.insight.risk.logs import in_force
from tests.scenario import day

OPENED = CalendarOpened(origin=day(0))
POLICIES = {rule.name: Policy(0, rule.settings()) for rule in RULES}
FORMER = SilenceModelFitted(
    week=8, params_version="week-8", r=0.5, alpha=6, a=0.9, b=1.6, log_likelihood=-1.0,
    customers=200, accepted=True, reason="a test", in_force="week-8",
)  # fmt: skip


def seen(week: int) -> Known:
    """Three who bought once."""
    first = day(0).toordinal()
    return Known(first, first + 7 * week, week, purchases([[first], [first + 1], [first + 2]]))


def test_before_the_calendar_opens_nobody_is_judged() -> None:
    assert Model().standards() is None


def test_weeks_are_counted_from_the_day_on_which_it_opened_where_the_business_is() -> None:
    made = replay([CalendarOpened(origin=day(0.2), zone="America/New_York")]).standards()
    assert made is not None
    assert made.calendar.origin == day(-1).toordinal()
    assert made.calendar.boundary(1) == day(6).replace(hour=5)


def test_the_calendar_of_a_former_release_goes_on_and_its_parameters_judge_no_more() -> None:
    made = replay([SilenceCalendarOpened(origin=day(0)), FORMER]).standards()
    assert made is not None
    assert made.calendar.boundary(1) == day(7)
    assert made.at(9) == (None,) * len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_judges_comes_back_as_it_was_from_the_bytes_of_its_fact(rule: Rule) -> None:
    for each in in_force(rule.name):
        judges = each.standard
        assert judges is not None
        if judges.settings is None:
            judges = judges._replace(settings=rule.settings())
        fact = fitted(rule, 8, judges)
        body = encode(Event("1", "/evergreen/insight", "", day(56), fact))
        back = read(body, (), INSIGHT).data
        assert isinstance(back, ModelFitted)
        assert judges_by(back) == judges


def test_of_a_rule_that_is_silent_it_is_said_so() -> None:
    fact = fitted(RULES[0], 8, None)
    assert (fact.policy, fact.settings, fact.parameters) == (None, None, None)
    assert judges_by(fact) is None


def test_what_a_former_release_fitted_of_a_rule_that_is_gone_judges_nothing() -> None:
    assert judges_by(ModelFitted(week=8, rule="weather", policy=1, settings={}, parameters=None)) is None


def test_each_week_is_judged_by_what_was_said_last_before_it() -> None:
    one, other = (Standard(RULES[-1].settings(), version, None) for version in (1, 2))
    model = replay(
        [OPENED, *(fitted(RULES[-1], week, each) for week, each in ((2, one), (5, None), (7, other)))]
    )
    made = model.standards()
    assert made is not None
    assert [made.at(week)[-1] for week in (1, 2, 4, 5, 6, 7, 70)] == [
        None,
        one,
        one,
        None,
        None,
        other,
        other,
    ]


def test_a_boundary_says_only_what_has_changed_and_that_it_is_settled() -> None:
    model = replay([OPENED])
    said = settled(seen(1), model.standards(), POLICIES)  # type: ignore[arg-type]
    assert said[-1] == WeekSettled(week=1)
    assert {each.rule for each in said if isinstance(each, ModelFitted)} >= {"payment_failing"}
    for each in said:
        model = evolve(model, each)
    assert settled(seen(2), model.standards(), POLICIES) == [WeekSettled(week=2)]  # type: ignore[arg-type]
    assert model.settled == 1


def test_a_rule_whose_policy_was_retired_is_silent_from_the_boundary_on() -> None:
    model = replay([OPENED, fitted(RULES[-1], 1, Standard(RULES[-1].settings(), 1))])
    said = settled(seen(2), model.standards(), POLICIES | {RULES[-1].name: None})  # type: ignore[arg-type]
    assert ModelFitted(week=2, rule=RULES[-1].name) in said
