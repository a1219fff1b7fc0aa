"""Care plays: opened by a risk, closed when it is gone."""

from services.retention.care import CARE, Close, Open
from shared.contracts.retention import CarePlayClosed, CarePlayOpened
from tests import scenario

given = scenario.given(CARE)
OPENED = CarePlayOpened(alert_id="a1", rule="silence")


def test_a_risk_opens_a_play_once() -> None:
    given().when(Open("a1", "silence")).then_and_no_more(OPENED)


def test_a_return_closes_the_play_once() -> None:
    given(OPENED).when(Close("a1", "returned")).then_and_no_more(
        CarePlayClosed(alert_id="a1", outcome="returned")
    )


def test_a_withdrawn_alert_closes_the_play_as_withdrawn() -> None:
    given(OPENED).when(Close("a1", "withdrawn")).then_and_no_more(
        CarePlayClosed(alert_id="a1", outcome="withdrawn")
    )


def test_closing_what_was_never_opened_says_nothing() -> None:
    given().when(Close("a9", "returned")).then()
