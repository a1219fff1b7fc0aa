from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from deploy.demo.report.journey_picture import choose, curve, journey_picture
from deploy.demo.report.likely_gone import likely_by
from deploy.demo.report.weeks_picture import weekly, weeks_picture
from tests.deploy.purchases.bought import START, alert, bought, log_of, on

LOG = log_of(*bought("a", 0, 40, 90, 100), *bought("b", 0, 20), until=600)
ALERTS = [alert("a", 70, "resolved", 90), alert("a", 200), alert("b", 80)]


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
    """By the days bought before it: the morning of a day of return still finds the customer silent."""
    asked = dict[datetime, Sequence[date]]()

    def likely(moment: datetime, days: Sequence[date]) -> float | None:
        asked[moment] = days
        return None if moment < on(55) else 0.5

    said = dict(curve(sorted({p.day for p in bought("a", 0, 40, 90)}), on(100), likely))
    assert (said[on(54)], said[on(55)]) == (None, 0.5)
    assert [len(asked[on(day)]) for day in (1, 40, 41, 90, 91)] == [1, 1, 2, 2, 3]


def test_before_anything_has_learnt_nobody_is_called_likely_gone() -> None:
    assert likely_by([])(on(50), [on(0).date()]) is None


def test_both_pictures_are_written(tmp_path: Path) -> None:
    chosen = choose(LOG, ALERTS)
    assert chosen is not None

    def likely(moment: datetime, days: Sequence[date]) -> float | None:
        return None if moment < START + timedelta(days=30) else 0.5

    for path in (
        weeks_picture(tmp_path / "w.png", LOG, ALERTS),
        journey_picture(tmp_path / "j.png", LOG, chosen, likely),
    ):
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.stat().st_size > 20_000


@pytest.mark.parametrize("days", [1, 8, 400])
def test_a_log_of_any_length_can_be_drawn(tmp_path: Path, days: int) -> None:
    assert weeks_picture(tmp_path / "w.png", log_of(*bought("a", 0), until=days), []).exists()
