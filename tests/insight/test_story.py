"""A story as of a moment, in both times."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from services.insight.judging.model import fitted
from services.insight.names import alike
from services.insight.risk.rules import RULES
from services.insight.story import Heard, Line, Story, story
from shared.contracts.acquisition import LeadQualified, LeadScored
from shared.contracts.conversion import CustomerWon
from shared.contracts.event import Event
from shared.contracts.policies import CalendarOpened
from shared.contracts.retention import CarePlayClosed
from tests.example_facts import event, on, paid, raised, resolved, withdrawn
from tests.insight.risk.logs import in_force
from tests.scenario import day

WON = CustomerWon(order_id="o1", amount=500, currency="EUR", was_user=False)
FITTED = fitted(RULES[0], 8, in_force("silence")[0].standard)
QUALIFIED = LeadQualified(score=60, threshold=50, because=())
LATER = timedelta(hours=1)
TIMELINE = [event(paid(), 0), event(WON, 0), event(paid(700), 100)]
SAID = [event(raised("a1"), 70), event(resolved("a1", 100), 100)]


def lines(topic: str, events: Sequence[Event], known: datetime | None = None) -> list[Line]:
    """Each recorded an hour after it happened."""
    return [Line(topic, each, each.time + LATER, known) for each in events]


def heard(
    timeline: Sequence[Event] = TIMELINE, said: Sequence[Event] = SAID, judged: float | None = 120
) -> Heard:
    model = [event(CalendarOpened(origin=day(0)), 0), event(FITTED, 56)]
    return Heard(
        "anna",
        lines("signals", timeline),
        lines("insight", said),
        lines("insight", model),
        None if judged is None else day(judged),
    )


def told(known: Heard, as_of: float | None, known_at: float = 999) -> Story:
    found = story(known, None if as_of is None else day(as_of), day(known_at))
    assert found is not None
    return found


def states(found: Story) -> list[str]:
    return [episode.state for episode in found.alerts]


def test_what_is_of_one_moment_is_told_in_the_order_in_which_it_follows() -> None:
    scored, qualified = (
        Line("acquisition", event(fact, 0)._replace(stream_version=version), day(1))
        for version, fact in (
            (2, LeadScored(reason="paid", points=60, score=60, heard_at=day(0))),
            (3, QUALIFIED),
        )
    )
    closed = Line("retention", event(CarePlayClosed(alert_id="a1", outcome="returned"), 0), day(1))
    [paid_, back] = lines("signals", [event(paid(), 0)]) + lines("insight", [event(resolved("a1", 0), 0)])
    shuffled = [closed, qualified, scored, paid_]
    found = told(Heard("anna", shuffled, [back], [], None), None)
    assert found.lines == [paid_, scored, qualified, back, closed]


@pytest.mark.parametrize(
    ("as_of", "stood"),
    [(69, []), (70, ["standing"]), (99.9, ["standing"]), (100, ["resolved"]), (None, ["resolved"])],
)
def test_an_alert_is_as_it_stood_then(as_of: float | None, stood: list[str]) -> None:
    assert states(told(heard(), as_of)) == stood


def test_what_was_recorded_later_was_not_known() -> None:
    late = heard([*TIMELINE[:2], event(paid(900), 50)], [event(raised("a1"), 70), event(withdrawn("a1"), 70)])
    late.timeline[2] = Line("signals", event(paid(900), 50), day(80))  # type: ignore[index]
    late.alerts[1] = Line("insight", late.alerts[1].event, day(80))  # type: ignore[index]
    assert states(told(late, 75, known_at=79)) == ["standing"]
    assert states(told(late, 75)) == ["withdrawn"]
    assert [told(late, 75, at).progress.spent["EUR"] for at in (79, 80)] == [500, 1400]


def test_an_alert_raised_again_after_it_was_withdrawn_stands() -> None:
    said = [event(raised("a1"), 70), event(withdrawn("a1"), 75), event(raised("a1", 3), 74)]
    found = told(heard(said=said), 76)
    assert states(found) == ["standing"]
    assert found.alerts[0].raised.opened_on == on(3).isoformat()
    assert [line.event.time for line in found.lines] == sorted(line.event.time for line in found.lines)


def test_progress_is_that_of_then() -> None:
    assert (told(heard(), 99).progress.purchases, told(heard(), 100).progress.purchases) == (1, 2)
    assert told(heard(), 99).progress.stage == "customer"


def test_before_the_first_event_there_is_no_story() -> None:
    assert story(heard(), day(-1), day(999)) is None
    assert story(heard(), day(999), day(0)) is None


def test_left_open_it_is_as_of_the_newest_that_is_known() -> None:
    assert told(heard(judged=120), None).as_of == day(120)
    assert told(heard(judged=90), None).as_of == day(100)
    assert told(heard(judged=None), None).as_of == day(100)


def test_each_rule_judges_by_what_was_in_force_then() -> None:
    before, after = told(heard(), 50).outlook, told(heard(), 60).outlook
    assert before == ()
    assert after is not None
    assert [(each.rule, each.params_version) for each in after] == [("silence", "a")]


def test_what_was_not_recorded_yet_of_the_model_judged_nobody() -> None:
    assert told(heard(), 60, known_at=56).outlook == ()
    assert told(heard(), 60, known_at=57).outlook != ()


def test_it_is_judged_no_further_than_the_clock_has_come() -> None:
    ahead, there = told(heard(TIMELINE[:2], [], judged=60), 90), told(heard(TIMELINE[:2], [], judged=90), 60)
    assert ahead.outlook == there.outlook


def test_a_purchase_ahead_of_the_clock_changes_nothing_yet() -> None:
    assert told(heard(judged=90), 110).outlook == told(heard(TIMELINE[:2], judged=90), 110).outlook
    assert told(heard(judged=110), 110).outlook != told(heard(TIMELINE[:2], judged=110), 110).outlook


def test_of_nobody_anything_is_said_before_they_did_something_or_before_the_clock_began() -> None:
    assert told(heard([event(WON, 0)], []), 60).outlook == ()
    assert told(heard(judged=None), 60).outlook is None


def test_a_signal_heard_after_the_clock_had_passed_it_is_late() -> None:
    knowing = [
        lines("signals", [event(paid(), 5.5)], known)[0].late for known in (None, day(5), day(5.5), day(5.9))
    ]
    assert knowing == [False, False, False, True]
    assert not lines("conversion", [event(WON, 5)], day(9))[0].late


def test_names_that_begin_alike_are_suggested_the_likest_first() -> None:
    assert alike("C-71", ["C-7", "C-712", "B-71", "C-9"]) == ["C-712", "C-7", "C-9"]
