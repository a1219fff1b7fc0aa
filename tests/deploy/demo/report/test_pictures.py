from datetime import datetime, timedelta
from pathlib import Path

import pytest

from deploy.demo.report.journey_picture import choose, curve, journey_picture
from deploy.demo.report.p_silent import silent_by
from deploy.demo.report.weeks_picture import weekly, weeks_picture
from services.insight.risk.mbg.mbg import Parameters, p_silent
from shared.contracts.insight import SilenceModelFitted
from tests.deploy.purchases.bought import START, alert, bought, log_of, on

LOG = log_of(*bought("a", 0, 40, 90, 100), *bought("b", 0, 20), until=600)
ALERTS = [alert("a", 70, "resolved", 90), alert("a", 200), alert("b", 80)]


def fit(week: int, version: str, in_force: str) -> SilenceModelFitted:
    return SilenceModelFitted(
        week=week, params_version=version, r=0.5, alpha=6 + week, a=1, b=2, log_likelihood=-1, customers=9,
        accepted=True, reason="better", in_force=in_force,
    )  # fmt: skip


def test_every_moment_falls_into_one_week_the_last_one_included() -> None:
    assert weekly([on(0), on(6.9), on(7), on(14)], on(0), on(14)) == [2, 2]
    assert weekly([], on(0), on(15)) == [0, 0, 0]


def test_the_journey_drawn_is_of_one_who_came_back_once_and_then_went_for_good() -> None:
    chosen = choose(LOG, ALERTS)
    assert chosen is not None
    assert chosen.customer == "a"
    assert [one.raised_at for one in chosen.alerts] == [on(70), on(200)]
    assert choose(LOG, []) is None


def test_the_curve_is_what_insight_would_have_said_on_each_morning() -> None:
    silent = silent_by({8: fit(8, "v8", "v8"), 9: fit(9, "v9", "v8"), 10: fit(10, "v10", "v10")}, START)
    said = dict(curve(sorted({p.day for p in bought("a", 0, 40, 90)}), on(100), silent))
    assert said[on(55)] is None
    assert said[on(65)] == p_silent(Parameters(0.5, 14, 1, 2), 1, 40 / 7, 64 / 7, 39)
    assert said[on(91)] == p_silent(Parameters(0.5, 16, 1, 2), 2, 90 / 7, 90 / 7, 39)
    # The morning of a day of return still finds the customer silent.
    assert said[on(90)] == p_silent(Parameters(0.5, 16, 1, 2), 1, 40 / 7, 89 / 7, 39)


def test_both_pictures_are_written(tmp_path: Path) -> None:
    chosen = choose(LOG, ALERTS)
    assert chosen is not None

    def silent(moment: datetime, repeats: int, recency: float, age: float) -> float | None:
        return None if moment < START + timedelta(days=30) else 0.5

    for path in (
        weeks_picture(tmp_path / "w.png", LOG, ALERTS),
        journey_picture(tmp_path / "j.png", LOG, chosen, silent),
    ):
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.stat().st_size > 20_000


@pytest.mark.parametrize("days", [1, 8, 400])
def test_a_log_of_any_length_can_be_drawn(tmp_path: Path, days: int) -> None:
    assert weeks_picture(tmp_path / "w.png", log_of(*bought("a", 0), until=days), []).exists()
