"""What was refused, mended and redriven: as if nothing had ever been refused."""

import pytest

from deploy.demo.report.alerts import sha256_of, standing
from tests.system.demo.runs.playing import Ended
from tests.system.demo.runs.poisoned import Poisoned

Redriven = tuple[Ended, Poisoned]


def test_what_was_not_mended_failed_again_and_what_was_went_through_once(redriven: Redriven) -> None:
    ended, poisoned = redriven
    early, mended, again = poisoned.sent
    attempts = [attempt(record.headers) for record in ended.lying["dead-letters"]]
    first = attempts.count(1)
    assert first > 100
    assert attempts.count(2) == first == len(attempts) / 2
    assert [each[:2] for each in (early, mended, again)] == [(3, 2 * first), (0, 2 * first), (0, 2 * first)]
    assert mended[2][-4] == f"{first} dead letters sent through again"
    assert again[2] == ["no open dead letter is meant: `evergreen redrive` lists them"]


def attempt(headers: list[tuple[str, bytes]]) -> int:
    return int(dict(headers)["evergreen-attempt"])


def test_the_same_alerts_stand_as_if_nothing_had_been_refused(calm: Ended, redriven: Redriven) -> None:
    assert sha256_of(standing(redriven[0].alerts)) == sha256_of(standing(calm.alerts))


@pytest.mark.parametrize("stage", ["acquisition", "conversion", "retention", "insight"])
def test_a_stage_has_decided_word_for_word_what_it_decides_when_nothing_is_refused(
    calm: Ended, redriven: Redriven, stage: str
) -> None:
    assert redriven[0].kept[stage].told() == calm.kept[stage].told()


@pytest.mark.parametrize("view", ["timeline", "journeys", "spending", "days", "people"])
def test_insight_sees_the_same_customers(calm: Ended, redriven: Redriven, view: str) -> None:
    assert redriven[0].kept["insight"].views[view] == calm.kept["insight"].views[view]
