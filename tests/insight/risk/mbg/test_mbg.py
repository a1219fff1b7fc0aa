"""MBG/NBD against its definition and against the published figures."""

from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.insight.risk.mbg.likelihood import log_likelihood, log_likelihoods, p_silents
from services.insight.risk.mbg.mbg import Parameters, p_alive, p_alive_deadline, p_silent
from services.insight.risk.mbg.slope import slope
from tests.insight.risk.mbg.cdnow import at_week

PUBLISHED = Parameters(0.525, 6.183, 0.891, 1.614)
PARAMETERS = st.builds(Parameters, *(st.floats(0.05, 50) for _ in range(4)))
REPEATS = st.integers(0, 400)
WEEKS = st.floats(0, 150)


def test_the_published_parameters_have_the_published_likelihood() -> None:
    found = at_week(39)
    assert round(log_likelihood(PUBLISHED, *found.now, found.customers), 1) == -9582.1


def test_a_history_that_only_begins_has_likelihood_one() -> None:
    nothing = np.zeros(1)
    assert log_likelihoods(PUBLISHED, nothing, nothing, nothing)[0] == pytest.approx(0, abs=1e-12)


@given(PARAMETERS, REPEATS, WEEKS, WEEKS, st.floats(0.1, 80))
def test_p_silent_is_the_likelihood_later_over_the_likelihood_now(
    p: Parameters, x: int, t_x: float, silent: float, horizon: float
) -> None:
    now, later = log_likelihoods(
        p, np.full(2, x, float), np.full(2, t_x), t_x + silent + np.array([0, horizon])
    )
    assert p_silent(p, x, t_x, t_x + silent, horizon) == pytest.approx(exp(later - now), rel=1e-6)


@given(PARAMETERS, REPEATS, WEEKS, WEEKS, st.floats(0.1, 80))
def test_p_silent_never_falls_within_a_silence(
    p: Parameters, x: int, t_x: float, silent: float, more: float
) -> None:
    before, after = (p_silent(p, x, t_x, t_x + long, 39) for long in (silent, silent + more))
    assert 0 < before <= after + 1e-12 <= 1 + 1e-12


@given(PARAMETERS, REPEATS, WEEKS, WEEKS)
def test_many_at_once_have_the_same_chance_as_one(p: Parameters, x: int, t_x: float, silent: float) -> None:
    many = p_silents(p, np.array([float(x)]), np.array([t_x]), np.array([t_x + silent]), 39.0)
    assert many[0] == pytest.approx(p_silent(p, x, t_x, t_x + silent, 39.0), rel=1e-12)


@given(PARAMETERS, REPEATS, WEEKS, st.floats(0.01, 0.99))
def test_p_alive_falls_to_theta_at_its_deadline(p: Parameters, x: int, t_x: float, theta: float) -> None:
    T = p_alive_deadline(p, x, t_x, theta)  # noqa: N806
    if T > 1e9:
        assert p_alive(p, x, t_x, 1e9) > theta
    elif t_x < T:
        assert p_alive(p, x, t_x, T) == pytest.approx(theta, rel=1e-4)
    else:
        assert t_x == T
        assert p_alive(p, x, t_x, t_x) <= theta + 1e-9


def test_slope_and_curvature_are_those_of_small_steps() -> None:
    found, logs, step = at_week(39), np.log(PUBLISHED.as_tuple()) + 0.1, 1e-5
    here = slope(logs, *found.now, found.customers)
    for place in range(4):
        up, down = (
            slope(logs + sign * step * np.eye(4)[place], *found.now, found.customers) for sign in (1, -1)
        )
        assert here.gradient[place] == pytest.approx((up.value - down.value) / step / 2, rel=1e-5, abs=1e-3)
        assert here.hessian[place] == pytest.approx(
            (up.gradient - down.gradient) / step / 2, rel=1e-5, abs=1e-3
        )
