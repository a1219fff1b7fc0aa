"""All of CDNOW played live: in order, or shuffled within three days under a clock that allows for it."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from services.insight.churn.assess import assess
from services.insight.churn.backtest import replayed
from services.insight.churn.policy import Policy
from services.insight.churn.rules import Rules, Schedule
from tests.insight.churn.cdnow import WEEKS, days
from tests.insight.churn.partition import Partition

LATENESS = timedelta(days=3)
END = date(1998, 7, 1)


@pytest.fixture(scope="module")
def rules() -> Rules:
    return replayed(days(), Policy(), WEEKS, 78)


def played(rules: Rules, log: list[tuple[date, str]], lateness: timedelta) -> Partition:
    partition = Partition(replace(rules, schedule=Schedule()), rules.schedule)
    for day, customer in log:
        partition.purchase(customer, day)
        partition.clock(max(partition.judged.through, day - lateness))
    partition.clock(END)
    return partition


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_the_alerts_of_the_whole_log_are_those_of_assess_and_none_was_withdrawn(
    rules: Rules, seed: int | None
) -> None:
    log = sorted((day, customer) for customer, bought in days().items() for day in bought)
    if seed is not None:
        chance = Random(seed)
        log.sort(key=lambda bought: bought[0].toordinal() + chance.uniform(0, LATENESS.days))
    partition = played(rules, log, LATENESS if seed is not None else timedelta(0))
    partition.agrees_with_assess()
    standing = {key for told in partition.told.values() for key, each in told.items() if not each.resolved}
    expected = [a for c, bought in days().items() for a in assess(c, bought, rules, END)]
    assert standing == {alert.id for alert in expected if alert.resolved_on is None}
    assert len(standing) > 1500
    assert partition.withdrawals == 0
