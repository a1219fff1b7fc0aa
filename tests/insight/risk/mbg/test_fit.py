"""The fit reproduces the published parameters, from anywhere, and always offers something finite."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.insight.risk.mbg.fit import COLD, fit
from services.insight.risk.mbg.histories import Histories, histories, seen
from services.insight.risk.mbg.mbg import Parameters
from tests.insight.risk.mbg.cdnow import at_week

STARTS = st.builds(Parameters, *(st.floats(0.01, 100) for _ in range(4)))
DAY_0 = date(2024, 1, 1)


def weekly_buyers(count: int, weeks: int) -> Histories:
    """All buy every seven days, for ever: there is neither a spread of paces nor an end."""
    days = [DAY_0 + timedelta(weeks=week) for week in range(weeks)]
    boundary = days[-1] + timedelta(days=1)
    found = seen(days, boundary)
    assert found is not None
    return histories([(found, count)], boundary)


def test_cdnow_at_the_end_of_calibration_gives_the_published_parameters() -> None:
    found = fit(at_week(39))
    assert [round(value, 3) for value in found.parameters.as_tuple()] == [0.525, 6.183, 0.891, 1.614]
    assert round(found.log_likelihood, 1) == -9582.1
    assert (found.customers, found.converged, found.held) == (2357, True, False)


@settings(max_examples=40, deadline=None)
@given(STARTS)
def test_where_a_fit_starts_does_not_matter_to_the_last_digit(start: Parameters) -> None:
    assert fit(at_week(39), start) == fit(at_week(39), COLD)


@pytest.mark.parametrize("week", [8, 9, 12, 15, 25, 52])
def test_last_weeks_parameters_lead_to_the_same_fit_as_none(week: int) -> None:
    assert fit(at_week(week), fit(at_week(week - 1)).parameters) == fit(at_week(week))


def test_buyers_who_never_quit_are_held_by_the_prior_at_finite_parameters() -> None:
    found = fit(weekly_buyers(1000, 30))
    assert found.held
    assert found.converged
    assert np.all(np.isfinite(found.parameters.as_tuple()))
    assert found.parameters.r / found.parameters.alpha == pytest.approx(1.0, rel=0.05)  # purchases a week
    assert found.parameters.a / found.parameters.b < 0.01


@pytest.mark.parametrize("found", [weekly_buyers(1, 1), weekly_buyers(1, 2), weekly_buyers(10**6, 150)])
def test_the_oddest_of_logs_give_no_nan(found: Histories) -> None:
    fitted = fit(found)
    assert np.all(np.isfinite([*fitted.parameters.as_tuple(), fitted.log_likelihood]))
