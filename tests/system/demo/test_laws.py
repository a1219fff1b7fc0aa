"""What holds of a house at rest after any run: in order, shuffled and poisoned, or killed again and again."""

import pytest

from deploy.demo.watching.gauges import stuck
from tests.system.demo import laws
from tests.system.demo.runs.playing import Ended

STAGES = ("acquisition", "conversion", "retention", "insight")


@pytest.fixture(params=["calm", "wild", "killed"])
def ended(request: pytest.FixtureRequest) -> Ended:
    found = request.getfixturevalue(request.param)
    run: Ended = found[0] if isinstance(found, tuple) else found
    return run


def test_nothing_waits_to_be_taken_judged_or_published(ended: Ended) -> None:
    assert stuck(ended.reading, ended.log.end) == []
    assert ended.reading.lag == 0
    assert set(ended.reading.unpublished.values()) == {0}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_has_decided_once_and_without_a_hole(ended: Ended, stage: str) -> None:
    facts = ended.kept[stage].facts
    assert laws.with_holes((row.stream, row.version) for row in facts) == []
    assert laws.decided_twice(facts) == []


@pytest.mark.parametrize("stage", STAGES)
def test_its_topic_holds_what_it_decided_byte_for_byte_and_in_order(ended: Ended, stage: str) -> None:
    facts, records = ended.kept[stage].facts, ended.lying[stage]
    assert laws.unlike_its_topic(facts, records) == []
    assert laws.out_of_order(facts, records) == []


@pytest.mark.parametrize("stage", STAGES)
def test_its_heartbeats_promise_nothing_that_is_not_so(ended: Ended, stage: str) -> None:
    assert laws.broken_promises(ended.lying[stage]) == []


def test_insight_knows_every_customers_days_and_money_as_the_log_has_them(ended: Ended) -> None:
    assert laws.miscounted(ended.log, ended.kept["insight"]) == []
