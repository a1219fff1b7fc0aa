"""kill -9 of every process, three times each, while the log is played: as if nothing had happened."""

from collections import Counter

import pytest

from deploy.demo.report.alerts import sha256_of, standing
from tests.system.demo.runs.playing import Ended

Killed = tuple[Ended, list[str]]
EVERYBODY = ("acquisition", "conversion", "retention", "insight", "kafka", "postgres")


def test_everybody_was_killed_three_times(killed: Killed) -> None:
    assert Counter(killed[1]) == dict.fromkeys(EVERYBODY, 3)
    assert killed[0].played.signals == 6_919


def test_the_same_alerts_stand_after_all_that_dying(calm: Ended, killed: Killed) -> None:
    assert sha256_of(standing(killed[0].alerts)) == sha256_of(standing(calm.alerts))


@pytest.mark.parametrize("stage", EVERYBODY[:4])
def test_a_stage_has_decided_word_for_word_what_it_decides_undisturbed(
    calm: Ended, killed: Killed, stage: str
) -> None:
    assert killed[0].kept[stage].told() == calm.kept[stage].told()


@pytest.mark.parametrize("view", ["timeline", "journeys", "spending", "days", "people"])
def test_insight_sees_the_same_customers(calm: Ended, killed: Killed, view: str) -> None:
    assert killed[0].kept["insight"].views[view] == calm.kept["insight"].views[view]


def test_dying_makes_no_dead_letters(killed: Killed) -> None:
    assert killed[0].lying["dead-letters"] == []
    assert all(kept.dead_letters == [] for kept in killed[0].kept.values())
