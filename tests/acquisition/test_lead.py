"""A lead: captured, scored, qualified, cold."""

from services.acquisition.lead import LEAD, Notice
from services.acquisition.score import COLD_AFTER_DAYS
from shared.contracts.acquisition import LeadCaptured, LeadQualified, LeadScored, LeadWentCold, Points
from tests import scenario
from tests.scenario import day

given = scenario.given(LEAD)
TOUCH = Notice("touch", "search", "spring")
CAPTURED = LeadCaptured(channel="search", campaign="spring")


def touched(score: int, on: float = 0) -> LeadScored:
    return LeadScored(reason="touch", points=10, score=score, heard_at=day(on))


def test_the_first_touch_captures_a_lead() -> None:
    given().when(TOUCH, at=day(0)).then(CAPTURED, touched(10))


def test_a_fourth_touch_adds_nothing() -> None:
    given(CAPTURED, touched(10), touched(20), touched(30)).when(TOUCH).then_and_no_more()


def test_a_fourth_touch_a_day_later_adds_nothing_but_keeps_the_lead_warm() -> None:
    warm = LeadScored(reason="touch", points=0, score=30, heard_at=day(2))
    given(CAPTURED, touched(10), touched(20), touched(30)).when(TOUCH, at=day(2)).then_and_no_more(warm)


def test_a_touch_heard_of_late_does_not_turn_the_clock_back() -> None:
    given(CAPTURED, touched(10, on=9)).when(TOUCH, at=day(4)).then(touched(20, on=9))


def test_a_payment_qualifies_at_once_and_says_why() -> None:
    paid = Notice("paid", "purchase")
    given().when(paid, at=day(0)).then_and_no_more(
        LeadCaptured(channel="purchase"),
        LeadScored(reason="paid", points=60, score=60, heard_at=day(0)),
        LeadQualified(score=60, threshold=50, because=(Points(reason="paid", points=60),)),
    )


def test_touches_and_a_sign_up_together_qualify() -> None:
    given(CAPTURED, touched(10), touched(20)).when(Notice("signed_up", "sign-up"), at=day(1)).then(
        LeadScored(reason="signed_up", points=30, score=50, heard_at=day(1)),
        LeadQualified(
            score=50,
            threshold=50,
            because=(
                Points(reason="touch", points=10),
                Points(reason="touch", points=10),
                Points(reason="signed_up", points=30),
            ),
        ),
    )


def test_a_lead_left_alone_goes_cold() -> None:
    given(CAPTURED, touched(10)).when_time_comes(day(COLD_AFTER_DAYS)).then(
        LeadWentCold(after_days=COLD_AFTER_DAYS)
    )


def test_a_lead_does_not_go_cold_before_its_time() -> None:
    given(CAPTURED, touched(10)).when_time_comes(day(COLD_AFTER_DAYS - 1)).then()


def test_a_cold_lead_that_is_heard_again_is_warm_and_may_go_cold_again() -> None:
    cold = (CAPTURED, touched(10), LeadWentCold(after_days=COLD_AFTER_DAYS), touched(20, on=100))
    assert LEAD.due(LEAD.replay(cold)) == day(100 + COLD_AFTER_DAYS)


def test_a_qualified_lead_never_goes_cold() -> None:
    facts = (CAPTURED, touched(10), LeadQualified(score=60, threshold=50, because=()))
    assert LEAD.due(LEAD.replay(facts)) is None
