"""How far a service is behind, and what it takes to move it by hand."""

from deploy.recovery.positions import Standing
from shared.core.agreement import Log
from shared.core.store import Position


def standing(offset: int, end: int, beginning: int = 0, topic_id: str = "a") -> Standing:
    return Standing(("signals", 0), Position(offset, "c", "a"), Log("c", topic_id, beginning, end))


def test_what_lies_past_the_position_is_behind() -> None:
    assert standing(7, 10).behind == 3
    assert standing(5, 9, 5).behind == 4


def test_all_that_lies_in_a_log_is_behind_when_the_position_is_not_of_it() -> None:
    assert standing(90, 100, 40, topic_id="b").behind == 60
    assert standing(7, 100, 40).behind == 60
    assert standing(101, 100, 40).behind == 60


def test_where_nothing_lies_nothing_is_behind() -> None:
    assert Standing(("signals", 0), Position(7, "c", "a"), None).behind == 0
