"""The page of a story: who, how far, what each rule says, what happened, which alerts and on what proof."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import orjson

from deploy.commands.events.journey import moment
from deploy.journey.machine import machine
from deploy.journey.page import page
from deploy.journey.words import WORDS, money, title, words
from services.insight.outlook import Outlook
from services.insight.story import Heard, Line, Story, story
from shared.contracts.conversion import CustomerWon
from shared.contracts.event import Event
from shared.contracts.insight import Money, Reason
from shared.contracts.policies import POLICIES
from shared.contracts.topics import VOCABULARIES
from tests.example_facts import event, paid, raised, resolved
from tests.scenario import day

STAYS = "if nothing is heard and the parameters stay"
WON = CustomerWon(order_id="o1", amount=500, currency="EUR", was_user=True)
RAISED = (
    "2026-03-12 00:00:00 insight churn risk raised alert alert-nu, silence since 2026-01-01:"
    " p_silent 0.7512 >= 0.75"
)
OUTLOOK = (
    Outlook(
        "silence", 0, "silence-0-week-8", "no purchase for 75 days", 1, 0.7612, day(0), day(120),
    ),
    Outlook("use_in_decline", 0, None, None, None, None, None, day(105)),
)  # fmt: skip


def lines(topic: str, *events: Event, known: datetime | None = None) -> list[Line]:
    return [Line(topic, each, day(200), known) for each in events]


def told(outlook: Sequence[Outlook] | None = OUTLOOK, judged: float | None = 90, as_of: float = 90) -> Story:
    heard = Heard(
        "anna",
        [*lines("signals", event(paid(), 0, "p0"), event(paid(900, "JPY", "o2"), 80.5, "p1")),
         *lines("conversion", event(WON, 0))],
        lines("insight", event(raised("alert-number-1"), 70), event(resolved("alert-number-1", 80.5), 80.5)),
        [],
        None if judged is None else day(judged),
    )  # fmt: skip
    found = story(heard, day(as_of), day(300))
    assert found is not None
    return replace(found, outlook=outlook)


def text(of: Story) -> str:
    return "\n".join(page(of))


def test_the_head_says_who_and_how_far() -> None:
    head = page(told())[:5]
    assert head == [
        "customer anna: customer",
        "  as of       2026-04-01, by what was recorded up to 2026-10-28 (UTC)",
        "  seen        first 2026-01-01, last 2026-03-22 12:00:00",
        "  purchases   2, 5.00 EUR + 900 JPY",
        "  milestones  won 2026-01-01",
    ]


def test_the_timeline_is_in_order_of_time_with_insights_own_word_in_it() -> None:
    said = text(told()).partition("timeline\n")[2].partition("\n\n")[0].splitlines()
    assert [" ".join(line.split()) for line in said] == [
        "2026-01-01 00:00:00 signals order paid 5.00 EUR, order o1",
        "2026-01-01 00:00:00 conversion customer won 5.00 EUR, order o1, a free user before",
        RAISED,
        "2026-03-22 12:00:00 signals order paid 900 JPY, order o2",
        "2026-03-22 12:00:00 insight churn risk resolved alert alert-nu, returned on 2026-03-22",
    ]


def test_where_all_happened_at_midnight_only_days_are_shown() -> None:
    assert "\n  2026-01-01  signals      order paid " in text(told(as_of=60))


def test_what_came_late_says_so() -> None:
    found = told()
    late = replace(found, lines=lines("signals", event(paid(), 0), known=day(5)))
    assert "(late: heard when the clock stood at 2026-01-06)" in text(late)
    assert "late:" not in text(found)


def test_an_alert_comes_with_its_life_and_its_proof() -> None:
    alert = text(told()).partition("alerts: 1\n")[2]
    for part in (
        *("alert-number-1  resolved", "rule       silence, silence-1, parameters week-8", "x 1"),
        *("p_silent 0.7512 >= 0.75", "rests on p0", f"traces {'a' * 32}", "rests on p1"),
        *("raised     2026-03-12", "resolved   2026-03-22 12:00:00"),
    ):
        assert part in alert
    assert text(told(as_of=60)).endswith("alerts: none")


def raised_as(**update: object) -> str:
    """The page of the alert as it was raised, but for this."""
    found = told(as_of=75)
    [episode] = found.alerts
    said = (episode.said[0]._replace(data=episode.raised.model_copy(update=update)),)
    return text(replace(found, alerts=(replace(episode, said=said),)))


def test_of_a_long_proof_the_newest_are_named_and_how_many_are_not() -> None:
    assert "rests on p97, p98, p99 and 97 before (--json has all)" in raised_as(
        evidence=tuple(f"p{n}" for n in range(100))
    )


def test_what_each_rule_says_is_told_with_its_weight_its_chance_and_when_it_speaks_next() -> None:
    outlook = text(told()).partition("\n\n")[2].partition("\n\n")[0]
    assert [line.split("; ") for line in outlook.splitlines()] == [
        ["outlook on 2026-04-01"],
        [
            "  silence           severity 1 of 3: no purchase for 75 days, 76% likely to leave",
            f"would be heavier on 2026-05-01, {STAYS}",
            "by silence-0-week-8",
        ],
        ["  use_in_decline    quiet", f"would speak on 2026-04-16, {STAYS}"],
    ]


def test_of_whom_no_rule_has_heard_anything_it_is_said_so() -> None:
    assert "no rule has heard anything of this customer" in text(told(()))


def test_without_a_clock_nobody_is_judged_and_beyond_it_is_said_how_far() -> None:
    assert "not judged: no source has vouched for the time" in text(told(None, judged=None))
    assert "outlook on 2026-02-20" in text(told(judged=50))
    assert "judged up to 2026-02-20" in text(told(judged=50))
    assert "judged up to" not in text(told())


def test_a_raised_alert_names_all_its_reasons_what_is_at_risk_and_what_may_be_done() -> None:
    reason = Reason(
        rule="payment_failing", rule_version="payment_failing-0", opening="i1", since=day(70), severity=2,
        chance=0.5, words="an invoice unpaid for 100 hours", clauses=(), measures={},
    )  # fmt: skip
    lighter = reason.model_copy(update={"rule": "silence", "chance": None, "words": "quiet"})
    paid_so_far = (Money(amount=700, currency="EUR"), Money(amount=900, currency="JPY"))
    said = raised_as(
        reasons=(reason, lighter), value_at_risk=paid_so_far, confidence="medium", play="mend the payment"
    )
    for part in (
        "because    an invoice unpaid for 100 hours (payment_failing, severity 2 of 3, 50% likely to leave)",
        "because    quiet (silence, severity 2 of 3)",
        "at risk    7.00 EUR + 900 JPY paid within a year; confidence medium",
        "play       mend the payment",
    ):
        assert part in said


def test_every_fact_of_the_language_has_its_words() -> None:
    models = "calendar_opened model_fitted silence_calendar_opened silence_model_fitted week_settled"
    silent = {"source.heartbeat", *POLICIES, *(f"insight.{name}" for name in models.split())}
    facts = {fact for vocabulary in VOCABULARIES.values() for fact in vocabulary.values()}
    assert {fact.type for fact in facts if fact not in WORDS} == silent


def test_a_fact_that_nobody_has_put_in_words_is_shown_whole() -> None:
    class Unworded(CustomerWon):
        type = "conversion.unworded_yet"

    fact = Unworded(order_id="o1", amount=5, currency="EUR", was_user=False)
    assert words(fact) == "order_id=o1 amount=5 currency=EUR was_user=False"
    assert title(fact) == "unworded yet"


def test_amounts_are_shown_by_the_exponent_of_their_currency() -> None:
    assert [money(1999, each) for each in ("EUR", "JPY", "BHD")] == ["19.99 EUR", "1999 JPY", "1.999 BHD"]
    assert money(1999, "QQQ") == "1999 minor units of QQQ"


def test_programs_get_the_same_in_one_object() -> None:
    found = orjson.loads(orjson.dumps(machine(told())))
    assert (found["stage"], found["spent"]) == ("customer", {"EUR": 500, "JPY": 900})
    assert [line["event"]["type"] for line in found["timeline"]][2] == "insight.churn_risk_raised"
    assert [(each["rule"], each["severity"], each["due"]) for each in found["outlook"]] == [
        ("silence", 1, "2026-05-01T00:00:00Z"),
        ("use_in_decline", None, "2026-04-16T00:00:00Z"),
    ]
    [alert] = found["alerts"]
    assert (alert["state"], alert["lifecycle"][0]["data"]["evidence"]) == ("resolved", ["p0"])


def test_a_day_is_its_midnight_and_a_time_without_a_zone_is_utc() -> None:
    said = [moment(each) for each in ("2026-01-01", "2026-01-01T00:00:00", "2026-01-01T02:00:00+02:00")]
    assert said == [day(0)] * 3
