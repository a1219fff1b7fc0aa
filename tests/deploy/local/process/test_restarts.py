"""How long who dies again waits to be started again."""

from pathlib import Path

import pytest

from deploy.local.process import restarts
from deploy.local.process.restarts import LIMIT, LIVED, Restarts


def waits(lives: list[float]) -> list[float]:
    """Between each death and the next start, of one that lives so long each time."""
    one, now, found = Restarts(), 1_000.0, []
    for lived in lives:
        now += lived
        one = one.died(now, "it broke")
        assert one.due is not None
        found.append(one.due - now)
        now = one.due
        one = one.started(now)
    assert one.count == len(lives)
    return found


def test_the_first_death_is_mended_at_once_and_then_ever_later_up_to_a_limit() -> None:
    assert waits([500.0, *[0.1] * 9]) == [0, 1, 2, 4, 8, 16, 32, LIMIT, LIMIT, LIMIT]


def test_a_thousand_deaths_wait_no_longer() -> None:
    assert waits([0.1] * 1_000)[-1] == LIMIT


def test_who_lived_long_enough_is_started_at_once_again() -> None:
    assert waits([0.1, 0.1, 0.1, LIVED, 0.1]) == [0, 1, 2, 0, 1]


def test_one_that_can_not_even_be_started_waits_as_if_it_had_died() -> None:
    one = Restarts().died(0.0, "no java").died(0.0, "no java").died(1.0, "no java")
    assert (one.count, one.deaths, one.due) == (0, 3, 3.0)


def test_one_that_somebody_else_started_or_stopped_is_nobodys_business() -> None:
    one = Restarts().died(0.0, "it broke").dismissed()
    assert (one.due, one.why) == (None, "")


def test_what_is_noted_is_read_again(tmp_path: Path) -> None:
    noted = {"insight": Restarts().died(1.5, "it broke").started(2.0), "kafka": Restarts()}
    restarts.write(tmp_path, noted)
    assert restarts.read(tmp_path) == noted
    restarts.forget(tmp_path)
    assert restarts.read(tmp_path) == {}


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": {"b": 1}}'])
def test_what_makes_no_sense_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / restarts.FILE).write_text(text)
    assert restarts.read(tmp_path) == {}
