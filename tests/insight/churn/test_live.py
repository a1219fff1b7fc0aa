"""Live and revised, in sentences: what is told when, beside the law of test_law."""

from datetime import date, timedelta

import pytest

from services.insight.churn.buyer import Buyer, Judged, Raised, Resolved, Withdrawn, opened
from services.insight.churn.live import due, dues, hear, judge
from services.insight.risk.mbg.mbg import Parameters
from services.insight.churn.policy import Policy
from services.insight.churn.revise import Told, revise
from services.insight.churn.rules import InForce, Rules, Schedule
from services.insight.churn.weeks import Weeks

DAY = timedelta(days=1)
FIRST = date(2024, 1, 1)
RULES = Rules(
    Policy(), Weeks(FIRST), Schedule((InForce(8, "week-8", Parameters(0.525, 6.183, 0.891, 1.614)),))
)
BOUGHT = FIRST + timedelta(days=50)
JUDGED = Judged(BOUGHT, RULES.weeks.week_of(BOUGHT))
BUYER, _ = hear(Buyer(), [FIRST, BOUGHT], opened(RULES.weeks))


def deadline() -> tuple[date, Judged]:
    """When BUYER is due, and the boundary at which that is found."""
    for week in range(8, 60):
        judged = Judged(RULES.weeks.boundary(week) - DAY, week)
        if on := due(BUYER, judged, RULES):
            return on, judged
    raise AssertionError("never due")


ON, ENTERED = deadline()


def test_a_due_is_named_in_its_own_week_and_judged_then() -> None:
    assert dues([BUYER, Buyer()], ENTERED, RULES) == [ON, None]
    buyer, [raised] = judge(BUYER, "anna", ON, RULES)
    assert isinstance(raised, Raised)
    assert buyer.alert == raised.alert.id
    assert due(buyer, Judged(ON, ENTERED.week), RULES) is None


def test_a_due_that_a_purchase_overtook_has_nothing_to_say() -> None:
    buyer, told = hear(BUYER, [ON - DAY], ENTERED)
    assert told == ()
    assert judge(buyer, "anna", ON, RULES)[1] == ()


def test_a_return_resolves_at_once_though_the_clock_is_behind_it() -> None:
    standing, _ = judge(BUYER, "anna", ON, RULES)
    buyer, told = hear(standing, [ON + 3 * DAY, ON + 2 * DAY], Judged(ON, ENTERED.week))
    assert told == (Resolved(standing.alert or "", ON + 2 * DAY),)
    assert buyer.alert is None


def test_an_alert_whose_end_is_known_already_is_raised_and_resolved() -> None:
    buyer, _ = hear(BUYER, [ON + DAY], ENTERED)
    buyer, (raised, resolved) = judge(buyer, "anna", ON, RULES)
    assert isinstance(raised, Raised)
    assert resolved == Resolved(raised.alert.id, ON + DAY)
    assert raised.alert.resolved_on == ON + DAY


def test_a_late_purchase_is_refused_and_the_way_out_named() -> None:
    with pytest.raises(ValueError, match=r"2024-02-19 is late, judged through 2024-02-20: revise"):
        hear(BUYER, [BOUGHT - DAY], JUDGED)


def test_a_late_purchase_withdraws_what_no_longer_follows() -> None:
    standing, _ = judge(BUYER, "anna", ON, RULES)
    told = {standing.alert or "": Told(ON, resolved=False)}
    buyer, changes = revise("anna", [FIRST, BOUGHT, ON - DAY], told, Judged(ON, ENTERED.week), RULES)
    assert [type(change) for change in changes] == [Withdrawn]
    assert (buyer.alert, buyer.silence and buyer.silence.last) == (None, ON - DAY)


def test_a_late_purchase_that_moves_the_deadline_withdraws_and_raises_anew_under_the_same_id() -> None:
    standing, _ = judge(BUYER, "anna", ON, RULES)
    told = {standing.alert or "": Told(ON, resolved=False)}
    through = Judged(ON + timedelta(weeks=40), ENTERED.week + 40)
    _, (withdrawn, raised) = revise("anna", [FIRST, FIRST + 30 * DAY, BOUGHT], told, through, RULES)
    assert isinstance(withdrawn, Withdrawn)
    assert isinstance(raised, Raised)
    assert withdrawn.alert_id == raised.alert.id == standing.alert
    assert raised.alert.raised_on != ON
    assert raised.alert.raised_on.isoformat() in withdrawn.reason


def test_a_revision_that_changes_nothing_tells_nothing() -> None:
    standing, _ = judge(BUYER, "anna", ON, RULES)
    told = {standing.alert or "": Told(ON, resolved=False)}
    assert revise("anna", [FIRST, BOUGHT], told, Judged(ON, ENTERED.week), RULES) == (standing, ())
