from datetime import date

import pytest

from deploy.demo.report.silences import days_bought, framed_until, worth
from deploy.purchases.cdnow import cdnow
from tests.deploy.purchases.bought import alert, bought, on

EVER = date.max


def test_purchases_of_one_day_open_one_silence() -> None:
    days = days_bought(bought("a", 0, 0.5, 3))
    assert worth(days, [], EVER).silences == 2
    assert worth(days, [], EVER).final == 1


def test_precision_recall_and_delay_by_hand() -> None:
    days = days_bought([*bought("gone", 0, 10), *bought("back", 0, 50), *bought("missed", 5)])
    alerts = [alert("gone", 40), alert("back", 30, "resolved", 50)]
    found = worth(days, alerts, EVER)
    assert (found.silences, found.final) == (5, 3)
    assert (found.true_alerts, found.false_alerts) == (1, 1)
    assert found.precision == 0.5
    assert found.recall == pytest.approx(1 / 3)
    assert found.median_delay_days == 30


def test_an_alert_on_someone_who_came_back_is_false_even_while_it_stands() -> None:
    assert worth(days_bought(bought("a", 0, 50)), [alert("a", 30)], EVER).precision == 0


def test_an_alert_on_the_morning_of_the_return_judged_the_silence_before() -> None:
    assert worth(days_bought(bought("a", 0, 50)), [alert("a", 50, "resolved", 50)], EVER).false_alerts == 1


def test_a_withdrawn_alert_counts_as_never_raised() -> None:
    found = worth(days_bought(bought("a", 0)), [alert("a", 30, "withdrawn")], EVER)
    assert (found.alerts, found.precision, found.recall) == (0, None, 0)


def test_silences_that_opened_after_the_frame_are_left_out_with_their_alerts() -> None:
    days = days_bought([*bought("a", 0), *bought("b", 20)])
    found = worth(days, [alert("a", 30), alert("b", 60)], on(10).date())
    assert (found.silences, found.alerts, found.recall) == (1, 1, 1)


def test_the_frame_leaves_39_whole_weeks_after_its_last_day() -> None:
    assert framed_until(on(39 * 7 + 1)) == on(0).date()


def test_on_cdnow_the_frame_holds_the_published_4814_silences_of_which_1673_are_final() -> None:
    log = cdnow()
    found = worth(days_bought(log.purchases), [], framed_until(log.end))
    assert (len(log.purchases), log.customers) == (6919, 2357)
    assert framed_until(log.end) == date(1997, 9, 30)
    assert (found.silences, found.final) == (4814, 1673)
