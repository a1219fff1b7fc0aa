"""What each rule says at a moment and when it would speak next: what is judged when the clock is there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.insight.outlook import Outlook, outlook
from services.insight.risk.alert import Change, Raised
from services.insight.risk.calendar import Calendar
from services.insight.risk.carry import BEGINNING
from services.insight.risk.rule import Standard
from services.insight.risk.rules import RULES
from services.insight.risk.rules.payment_failing import Settings
from services.insight.risk.standards import MICROSECOND, Adopted, InForce, Standards
from services.insight.risk.walk import nobody, walk_through
from shared.contracts.event import Event
from shared.contracts.signals import PaymentFailed, PaymentRecovered
from tests.example_facts import event, paid
from tests.insight.risk.logs import in_force
from tests.scenario import day


def standards(**by: tuple[InForce, ...]) -> Standards:
    """Only these rules judge."""
    return Standards(
        Calendar(day(0).toordinal()), tuple(Adopted(rule, by.get(rule.name, ())) for rule in RULES)
    )


def hours(settings: Settings) -> Standards:
    return standards(payment_failing=(InForce(1, Standard(settings, 3)),))


QUIET, HOURS = standards(silence=in_force("silence")), hours(Settings())
BOUGHT = [event(paid(), 0, "p0"), event(paid(), 9, "p1")]
FAILED = event(PaymentFailed(invoice="i1"), 8)


def judged(events: Sequence[Event], made: Standards, until: datetime) -> list[Change]:
    return walk_through("anna", nobody(RULES), events, BEGINNING, until, made)[1]


def of_silence(events: Sequence[Event], at: datetime) -> Outlook:
    [found] = outlook("anna", events, QUIET, at)
    return found


def test_the_due_foreseen_is_the_moment_at_which_the_alert_is_raised() -> None:
    due = of_silence(BOUGHT, day(20)).due
    assert due is not None
    [raised] = judged(BOUGHT, QUIET, due)
    assert isinstance(raised, Raised)
    assert raised.at == due
    assert judged(BOUGHT, QUIET, due - MICROSECOND) == []


def test_what_is_found_at_that_moment_is_what_the_alert_says() -> None:
    due = of_silence(BOUGHT, day(20)).due
    assert due is not None
    [raised] = judged(BOUGHT, QUIET, due)
    assert isinstance(raised, Raised)
    said, found = raised.findings["silence"], of_silence(BOUGHT, due)
    assert (found.words, found.severity, found.since) == (said.words, said.severity, said.since)
    assert found.chance == said.chance
    assert (found.rule_version, found.params_version) == (1, "a")


def test_that_it_weighs_more_is_foreseen_too() -> None:
    first = of_silence(BOUGHT, day(20)).due
    assert first is not None
    heavier = of_silence(BOUGHT, first).due
    assert heavier is not None
    assert heavier > first
    assert len(judged(BOUGHT, QUIET, heavier)) == 2


def test_an_alert_on_an_earlier_silence_says_nothing_about_this_one() -> None:
    again = [*BOUGHT, event(paid(), 390, "p2")]
    assert isinstance(judged(again, QUIET, day(389))[0], Raised)
    found = of_silence(again, day(391))
    assert (found.words, found.severity, found.since) == (None, None, None)


def test_each_rule_that_judges_and_has_heard_something_has_its_say() -> None:
    made = standards(silence=in_force("silence"), payment_failing=HOURS.adopted[-1].in_force)
    both = outlook("anna", [*BOUGHT, FAILED], made, day(20))
    assert [each.rule for each in both] == ["silence", "payment_failing"]
    assert [each.rule for each in outlook("anna", [FAILED], made, day(20))] == ["payment_failing"]
    assert outlook("anna", [], made, day(20)) == ()


def test_before_a_rule_judges_it_says_nothing() -> None:
    assert outlook("anna", [event(PaymentFailed(invoice="i1"), 1)], HOURS, day(6)) == ()


def test_it_speaks_by_the_hour_where_the_rule_does() -> None:
    [before] = outlook("anna", [FAILED], HOURS, day(8.5))
    assert (before.words, before.due, before.rule_version) == (None, day(9), 3)
    [after] = outlook("anna", [FAILED], HOURS, day(9))
    assert (after.severity, after.due) == (1, day(12))


def test_what_happens_at_the_very_moment_is_not_known_yet() -> None:
    back = event(PaymentRecovered(invoice="i1"), 9.5)
    [found] = outlook("anna", [FAILED, back], HOURS, day(9.5))
    assert found.severity == 1
    assert outlook("anna", [FAILED, back], HOURS, day(9.5) + MICROSECOND) == ()


def test_what_lies_more_than_three_years_ahead_is_not_foreseen() -> None:
    slow = hours(Settings(hours=(24, 96, 24 * 365 * 4)))
    [far] = outlook("anna", [FAILED], slow, day(20))
    assert (far.severity, far.due) == (2, None)
    [near] = outlook("anna", [FAILED], slow, day(8) + timedelta(days=365 * 2))
    assert near.due is not None
