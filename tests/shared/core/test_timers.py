"""What time alone makes due: in which order it speaks, and when it does not."""

from collections.abc import Sequence
from datetime import datetime

from shared.contracts.fact import Fact
from shared.core.batch import Snapshot
from shared.core.decision import BatchDecision
from shared.core.store import Timer
from shared.core.stream import Stream
from tests.shared.core import reminders as kitchen
from tests.shared.core.deciding import decide_on, rings, said
from tests.shared.core.reminders import NOON, beat, egg, heard, minute, wanted


def test_what_is_due_speaks_in_order_of_moment_and_stream_before_anything_later() -> None:
    late, hard, soft = wanted("w1", "late", minutes=9), wanted("w2", "hard"), wanted("w3", "soft")
    early, after = wanted("w4", "early", minutes=2), wanted("w5", "after", at=11)
    assert said(decide_on(heard(late, soft, hard, early, beat(10), after)))[4:] == [
        ("egg-early", "egg.rang", 2, 2),
        ("egg-hard", "egg.rang", 2, 5),
        ("egg-soft", "egg.rang", 2, 5),
        ("egg-late", "egg.rang", 2, 9),
        ("egg-after", "egg.on", 1, 11),
    ]


def test_what_was_due_before_the_batch_speaks_among_what_became_due_in_it() -> None:
    stream = Stream(1, kitchen.Timer(minute(4), minutes=4, rings=1))
    snapshot = Snapshot({egg("old"): stream}, {}, set(), [Timer(minute(4), egg("old"), 0)])
    decision = BatchDecision(kitchen.kitchen(), snapshot, NOON, lambda cause, _: cause)
    for each in heard(wanted("w1", "new", minutes=3), wanted("w2", "newer", minutes=6), beat(7)):
        decision.hear(each, decision.stage.react(each.event))
    assert rings(decision) == [("egg-new", 3), ("egg-old", 4), ("egg-newer", 6)]
    assert decision.changes.timers == dict.fromkeys(map(egg, ("new", "old", "newer")), (0, None))


def test_a_due_that_follows_from_a_due_speaks_in_the_same_batch_at_its_own_moment() -> None:
    assert rings(
        decide_on(heard(wanted("w1", "soft", rings=3), wanted("w2", "hard", minutes=7), beat(12)))
    ) == [
        ("egg-soft", 5),
        ("egg-hard", 7),
        ("egg-soft", 10),
    ]


def test_what_is_not_due_yet_is_kept_for_later() -> None:
    decision = decide_on(heard(wanted("w1", "soft", rings=3), beat(12)))
    assert decision.changes.timers == {egg("soft"): (0, minute(15))}


def test_a_due_that_was_put_off_does_not_speak_at_its_old_moment() -> None:
    assert rings(decide_on(heard(wanted("w1", "soft"), wanted("w2", "soft", at=3), beat(7)))) == []
    assert rings(decide_on(heard(wanted("w1", "soft"), wanted("w2", "soft", at=3), beat(9)))) == [
        ("egg-soft", 8)
    ]


def test_a_due_that_has_nothing_to_say_is_not_asked_again() -> None:
    asked: list[datetime] = []

    def fire(timer: kitchen.Timer | None, at: datetime) -> Sequence[Fact]:
        asked.append(at)
        return kitchen.fire(timer, at)

    decision = decide_on(heard(wanted("w1", "soft", rings=0), beat(5), beat(6)), stage=kitchen.kitchen(fire))
    assert asked == [minute(5)]
    assert decision.changes.timers == {egg("soft"): (0, None)}


def test_a_rule_that_was_lengthened_since_the_timer_was_set_speaks_at_the_new_moment() -> None:
    stream = Stream(1, kitchen.Timer(minute(9), minutes=9, rings=1))
    snapshot = Snapshot({egg("soft"): stream}, {}, set(), [Timer(minute(5), egg("soft"), 0)])

    def fire(timer: kitchen.Timer | None, at: datetime) -> Sequence[Fact]:
        return kitchen.fire(timer, at) if timer and timer.rings_at <= at else []

    decision = BatchDecision(kitchen.kitchen(fire), snapshot, NOON, lambda cause, _: cause)
    decision.hear(heard(beat(6))[0], ())
    assert decision.changes.timers == {egg("soft"): (0, minute(9))}
    decision.hear(heard(beat(9))[0], ())
    assert rings(decision) == [("egg-soft", 9)]


def test_time_on_one_partition_says_nothing_on_another() -> None:
    assert rings(decide_on(heard(wanted("w1", "soft"), partition=1), heard(beat(60), partition=0))) == []


def test_an_event_from_the_future_makes_nothing_due() -> None:
    assert rings(decide_on(heard(wanted("w1", "soft"), wanted("w2", "hard", at=10**6)))) == []
