"""What time alone makes due: in which order it speaks, and when it does not."""

from collections.abc import Sequence
from datetime import datetime

from shared.contracts.fact import Fact
from shared.core.batch import Snapshot
from shared.core.decision import BatchDecision
from shared.core.store import Timer
from shared.core.stream import Stream
from tests.shared.core import reminders
from tests.shared.core.deciding import decide_on, reminders_sent, said
from tests.shared.core.reminders import NOON, beat, heard, minute, reminder, requested


def test_what_is_due_speaks_in_order_of_moment_and_stream_before_anything_later() -> None:
    late, long, short = requested("w1", "late", minutes=9), requested("w2", "long"), requested("w3", "short")
    early, after = requested("w4", "early", minutes=2), requested("w5", "after", at=11)
    assert said(decide_on(heard(late, short, long, early, beat(10), after)))[4:] == [
        ("reminder-early", "reminder.sent", 2, 2),
        ("reminder-long", "reminder.sent", 2, 5),
        ("reminder-short", "reminder.sent", 2, 5),
        ("reminder-late", "reminder.sent", 2, 9),
        ("reminder-after", "reminder.set", 1, 11),
    ]


def test_what_was_due_before_the_batch_speaks_among_what_became_due_in_it() -> None:
    stream = Stream(1, reminders.Reminder(minute(4), minutes=4, times=1))
    snapshot = Snapshot({reminder("old"): stream}, {}, set(), [Timer(minute(4), reminder("old"), 0)])
    decision = BatchDecision(reminders.reminder_stage(), snapshot, NOON, lambda cause, _: cause)
    for each in heard(requested("w1", "new", minutes=3), requested("w2", "newer", minutes=6), beat(7)):
        decision.hear(each, decision.stage.react(each.event))
    assert reminders_sent(decision) == [("reminder-new", 3), ("reminder-old", 4), ("reminder-newer", 6)]
    assert decision.changes.timers == dict.fromkeys(map(reminder, ("new", "old", "newer")), (0, None))


def test_a_due_that_follows_from_a_due_speaks_in_the_same_batch_at_its_own_moment() -> None:
    assert reminders_sent(
        decide_on(heard(requested("w1", "short", times=3), requested("w2", "long", minutes=7), beat(12)))
    ) == [
        ("reminder-short", 5),
        ("reminder-long", 7),
        ("reminder-short", 10),
    ]


def test_what_is_not_due_yet_is_kept_for_later() -> None:
    decision = decide_on(heard(requested("w1", "short", times=3), beat(12)))
    assert decision.changes.timers == {reminder("short"): (0, minute(15))}


def test_a_due_that_was_put_off_does_not_speak_at_its_old_moment() -> None:
    assert (
        reminders_sent(decide_on(heard(requested("w1", "short"), requested("w2", "short", at=3), beat(7))))
        == []
    )
    assert reminders_sent(
        decide_on(heard(requested("w1", "short"), requested("w2", "short", at=3), beat(9)))
    ) == [("reminder-short", 8)]


def test_a_due_that_has_nothing_to_say_is_not_asked_again() -> None:
    asked: list[datetime] = []

    def fire(timer: reminders.Reminder | None, at: datetime) -> Sequence[Fact]:
        asked.append(at)
        return reminders.fire(timer, at)

    decision = decide_on(
        heard(requested("w1", "short", times=0), beat(5), beat(6)), stage=reminders.reminder_stage(fire)
    )
    assert asked == [minute(5)]
    assert decision.changes.timers == {reminder("short"): (0, None)}


def test_a_rule_that_was_lengthened_since_the_timer_was_set_speaks_at_the_new_moment() -> None:
    stream = Stream(1, reminders.Reminder(minute(9), minutes=9, times=1))
    snapshot = Snapshot({reminder("short"): stream}, {}, set(), [Timer(minute(5), reminder("short"), 0)])

    def fire(timer: reminders.Reminder | None, at: datetime) -> Sequence[Fact]:
        return reminders.fire(timer, at) if timer and timer.due_at <= at else []

    decision = BatchDecision(reminders.reminder_stage(fire), snapshot, NOON, lambda cause, _: cause)
    decision.hear(heard(beat(6))[0], ())
    assert decision.changes.timers == {reminder("short"): (0, minute(9))}
    decision.hear(heard(beat(9))[0], ())
    assert reminders_sent(decision) == [("reminder-short", 9)]


def test_time_on_one_partition_says_nothing_on_another() -> None:
    assert (
        reminders_sent(decide_on(heard(requested("w1", "short"), partition=1), heard(beat(60), partition=0)))
        == []
    )


def test_an_event_from_the_future_makes_nothing_due() -> None:
    assert reminders_sent(decide_on(heard(requested("w1", "short"), requested("w2", "long", at=10**6)))) == []
