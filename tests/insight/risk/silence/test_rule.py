"""What the silence rule says: in plain words, with a chance only where it was held against what came."""

import numpy as np

from services.insight.risk.calendar import Calendar
from services.insight.risk.rule import Finding, Standard
from services.insight.risk.rules.silence import SILENCE
from services.insight.risk.silence.learnt import Settings
from services.insight.risk.silence.state import Silence
from tests.insight.risk.logs import LEARNT, ORIGIN

CALENDAR = Calendar(ORIGIN.toordinal())
FIRST = ORIGIN.toordinal() + 10


def said(taught: bool, silence: Silence, days: int) -> Finding | None:
    standard = Standard(Settings(), 1, LEARNT[taught], "a")
    return SILENCE.find(silence, CALENDAR.morning(silence.last + days), standard, CALENDAR, None)


def test_no_chance_is_stated_before_it_was_held_against_what_came() -> None:
    untaught, taught = said(False, Silence(FIRST, FIRST), 300), said(True, Silence(FIRST, FIRST), 300)
    assert untaught is not None
    assert taught is not None
    assert untaught.chance is None
    assert taught.chance is not None
    assert 0 < taught.chance < 1


def test_it_says_in_plain_words_what_it_has_seen_and_what_that_was_judged_by() -> None:
    found = said(True, Silence(FIRST, FIRST + 60, 2, 6.0, 18.5), 43)
    assert found is not None
    assert found.words == "no purchase for 43 days, after purchases on 3 days"
    assert [tuple(each) for each in found.conditions] == [("days", 43, ">=", 40)]
    assert (found.observations, found.severity) == (2, 1)
    assert found.opening == "2024-03-11"


def test_before_the_first_bound_nothing_is_said_though_a_further_one_is_reached() -> None:
    assert said(True, Silence(FIRST, FIRST), 39) is None


def test_who_never_bought_has_no_score() -> None:
    standard = Standard(Settings(), 1, LEARNT[1], "a")
    assert SILENCE.scores is not None
    at = CALENDAR.morning(FIRST + 50)
    found = SILENCE.scores(
        [None, Silence(FIRST, FIRST), Silence(FIRST, FIRST + 40, 1, 3.7, 13.6)], at, standard, CALENDAR
    )
    assert found[0] == -np.inf
    assert found[1] > found[2] > -np.inf
    assert list(SILENCE.scores([None], at, standard._replace(parameters=None), CALENDAR)) == [-np.inf]
