"""What the papers print, to the digit that they print."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from services.insight.risk.models import bg_nbd, gamma_gamma, pareto_nbd
from services.insight.risk.models import shifted_beta_geometric as sbg
from tests.insight.risk.models.cdnow import Floats, histories, spending

REGULAR = (100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3)
HIGH_END = (100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4)


def best(likelihoods: Callable[[Any], Floats], start: Sequence[float]) -> tuple[list[float], float]:
    """The top of a likelihood, by somebody else's search, from a start that knows nothing."""

    def below(logs: Floats) -> float:
        return -float(likelihoods(np.exp(logs)).sum())

    found = minimize(below, np.log(start), method="L-BFGS-B", bounds=[(-7, 7)] * len(start))
    found = minimize(below, found.x, method="Nelder-Mead", options={"maxiter": 4_000, "xatol": 1e-7})
    return [float(value) for value in np.exp(found.x)], -float(found.fun)


def test_bg_nbd_on_cdnow() -> None:
    found, value = best(lambda p: bg_nbd.log_likelihoods(bg_nbd.Parameters(*p), *histories()), [1, 1, 1, 1])
    assert [round(each, 3) for each in found] == [0.243, 4.414, 0.793, 2.426]
    assert round(value, 1) == -9582.4
    assert round(bg_nbd.expected_purchases(bg_nbd.Parameters(*found), 39, 2, 30.43, 38.86), 3) == 1.226


def test_pareto_nbd_on_cdnow() -> None:
    found, value = best(
        lambda p: pareto_nbd.log_likelihoods(pareto_nbd.Parameters(*p), *histories()), [1, 5, 1, 5]
    )
    assert [round(each, 3) for each in found] == [0.553, 10.578, 0.606, 11.669]
    assert round(value, 1) == -9595.0
    published = pareto_nbd.Parameters(
        0.5533971, 10.5801985, 0.6060625, 11.6562237
    )  # of the walkthrough of R's BTYD
    assert round(pareto_nbd.p_alive(published, 0, 0, 39), 7) == 0.2941633
    assert round(pareto_nbd.expected_purchases(published, 52), 3) == 1.473


def test_gamma_gamma_on_cdnow() -> None:
    x, mean = spending()
    assert len(x) == 946
    found, value = best(
        lambda p: gamma_gamma.log_likelihoods(gamma_gamma.Parameters(*p), x, mean), [5, 3, 10]
    )
    assert [round(each, 2) for each in found] == [6.25, 3.74, 15.44]
    assert round(value, 1) == -4055.9


def test_what_a_customer_spends_lies_between_their_own_mean_and_the_crowds() -> None:
    p = gamma_gamma.Parameters(6.25, 3.74, 15.44)
    crowd = p.p * p.gamma / (p.q - 1)
    assert crowd < gamma_gamma.expected_spend(p, 1, 60.0) < gamma_gamma.expected_spend(p, 9, 60.0) < 60.0


@pytest.mark.parametrize(
    ("surviving", "alpha", "beta", "year_twelve"),
    [(REGULAR, 0.704, 1.182, 17.0), (HIGH_END, 0.668, 3.806, 37.8)],
)
def test_shifted_beta_geometric_on_both_cohorts(
    surviving: Sequence[float], alpha: float, beta: float, year_twelve: float
) -> None:
    found = sbg.fit(surviving[:8])
    assert [round(each, 3) for each in found] == [alpha, beta]
    assert round(100 * sbg.survival(found, 12), 1) == year_twelve


def test_what_is_still_to_come_of_a_subscriber() -> None:
    found = sbg.fit(HIGH_END[:8])
    assert round(sbg.discounted_residual_lifetime(found, 0.1, 7), 3) == 7.530
