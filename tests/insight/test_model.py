"""The silence model: a calendar that opens once, and one refit a week."""

from datetime import date, timedelta

from services.insight.churn.acceptance import Verdict
from services.insight.risk.mbg.fit import Fit
from services.insight.risk.mbg.mbg import Parameters
from services.insight.churn.policy import Policy
from services.insight.churn.refit import Refit as Made
from services.insight.model import MODEL, Open, Refit, outcome
from shared.contracts.insight import SilenceCalendarOpened, SilenceModelFitted
from tests import scenario
from tests.scenario import day

given = scenario.given(MODEL)
OPENED = SilenceCalendarOpened(origin=day(0))
CDNOW = Parameters(0.525, 6.183, 0.891, 1.614)


def fitted(week: int, accepted: bool = True, r: float = 0.5) -> SilenceModelFitted:
    return SilenceModelFitted(
        week=week, params_version=f"week-{week}", r=r, alpha=6, a=0.9, b=1.6, log_likelihood=-1.0,
        customers=200, accepted=accepted, reason="a test", in_force=f"week-{week}" if accepted else None,
    )  # fmt: skip


def test_the_first_clock_opens_the_calendar_on_its_day_and_only_once() -> None:
    given().when(Open(), at=day(0.7)).then_and_no_more(OPENED)


def test_a_refit_is_said_once() -> None:
    given(OPENED, fitted(8)).when(Refit(fitted(9)), at=day(63)).then_and_no_more(fitted(9))


def test_a_week_that_is_settled_is_not_fitted_again() -> None:
    given(OPENED, fitted(8), fitted(9)).when(Refit(fitted(8, r=0.7)), at=day(56)).then()


def test_before_the_calendar_opens_there_are_no_rules() -> None:
    assert MODEL.initial.rules(Policy()) is None


def test_the_rules_hold_what_was_accepted_each_from_its_week_on() -> None:
    model = MODEL.replay([OPENED, fitted(8, r=0.4), fitted(9, accepted=False), fitted(10, r=0.6)])
    rules = model.rules(Policy())
    assert rules is not None
    assert rules.weeks.boundary(1) == date(2026, 1, 1) + timedelta(weeks=1)
    in_force = [rules.schedule.at(week) for week in (7, 8, 9, 10)]
    assert [by and by.parameters.r for by in in_force] == [None, 0.4, 0.4, 0.6]
    assert model.weeks_decided == 10


def made(accepted: bool, reason: str = "the first fit") -> Made:
    fit = Fit(CDNOW, -9582.1, 2357, 946, converged=True, held=False)
    return Made(39, "mbg-nbd-week-39", fit, Verdict(accepted, reason))


def test_an_accepted_fit_is_in_force_and_a_refused_one_leaves_what_was() -> None:
    assert outcome(made(True), 39, "week-38").in_force == "mbg-nbd-week-39"
    assert outcome(made(False), 39, "week-38").in_force == "week-38"


def test_a_refit_says_what_it_came_to() -> None:
    said = outcome(made(False, "x" * 200), 39, None)
    assert (said.r, said.alpha, said.a, said.b) == CDNOW.as_tuple()
    assert (said.week, said.customers, said.log_likelihood) == (39, 2357, -9582.1)
    assert said.reason == "x" * 128


def test_where_nobody_has_bought_the_week_is_settled_without_a_fit() -> None:
    said = outcome(None, 9, "week-8")
    assert (said.accepted, said.in_force, said.reason) == (False, "week-8", "nobody has bought yet")
