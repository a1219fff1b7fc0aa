"""Plain rules on the same silences: the best number of days, the best multiple of the own gap."""

from datetime import date

import numpy as np
import pytest

from deploy.purchases.cdnow import cdnow
from services.insight.backtest.judging.silences import (
    best_days,
    best_gaps,
    cohort,
    days_of_alerts,
    own_gaps,
    told_of,
)
from services.insight.backtest.log.gathering import Gathering
from services.insight.backtest.log.seen import seen
from services.insight.risk.calendar import Calendar
from services.insight.risk.purchases import purchases

OPENS, ENDS = date(1997, 1, 1).toordinal(), date(1998, 7, 1).toordinal()


def test_cdnow_has_the_silences_that_are_published_and_the_best_number_of_days() -> None:
    gathering = Gathering()
    for each in cdnow().purchases:
        gathering.bought(each.customer, each.time, each.amount, each.currency)
    known = seen(gathering.history(), Calendar(OPENS))
    there = cohort(known.bought, known.buyers, OPENS, ENDS, 39)
    assert (len(there.opened), int(there.lasting.sum())) == (4_814, 1_673)
    at_65, at_75, gaps = best_days(there, 0.65), best_days(there, 0.75), best_gaps(there, 0.65)
    assert at_65 is not None
    assert at_75 is not None
    assert gaps is not None
    assert (at_65.number, at_65.told.recall) == (98, 1.0), "97 days, and said on the morning after"
    assert (at_75.number, at_75.told.recall) == (162, 1.0)
    assert gaps.told.median_days == pytest.approx(128)


def test_own_gaps_are_medians_of_the_past() -> None:
    bought = purchases([[0, 10, 40, 60], [5], [7, 9]])
    usual = 15.0
    assert list(own_gaps(bought)) == [usual, 10, 20, 20, usual, usual, 2]


def test_an_alert_tells_of_the_silence_it_falls_into() -> None:
    bought = purchases([[0, 50], [10]])
    there = cohort(bought, np.array([0, 3]), 0, 400, 8)
    days = days_of_alerts(there, np.array([0, 0, 0, 3, 2]), np.array([50, 30, 70, 9, 60]))
    assert list(days) == [30, 20, np.inf], (
        "on the morning of a return it still stands; before a first one, nobody"
    )
    assert list(days_of_alerts(there, np.array([0]), np.array([50]))) == [50, np.inf, np.inf]
    told = told_of(there, days)
    assert (told.told, told.right, told.recall) == (2, 1, 0.5)


def test_days_that_nothing_reaches_are_no_match() -> None:
    there = cohort(purchases([[0, 30]] * 25), np.arange(25), 0, 400, 8)
    assert best_days(there, 1.01) is None
