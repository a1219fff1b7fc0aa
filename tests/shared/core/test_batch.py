"""One batch being decided: what was heard, what time says, and in which order."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import orjson
import pytest

from shared.contracts.event import event_key, fact_id
from shared.contracts.fact import Fact
from shared.core.batch import BatchDecision, Heard, Snapshot, Stage, Stream
from shared.core.store import StoredFact, Timer
from shared.core.watermark import Clock
from tests.shared.core import kitchen
from tests.shared.core.kitchen import NOON, beat, heard, minute, wanted


def decide_on(
    *batches: Sequence[Heard],
    stage: Stage | None = None,
    clock: Clock | None = None,
    seen: Iterable[bytes] = (),
) -> BatchDecision:
    """A decision over a bare snapshot that heard all of this."""
    snapshot = Snapshot({}, {0: clock} if clock else {}, set(seen), ())
    decision = BatchDecision(stage or kitchen.kitchen(), snapshot, NOON, lambda cause, _: cause)
    for batch in batches:
        for each in batch:
            decision.hear(each, decision.stage.react(each.event))
    return decision


def said(decision: BatchDecision) -> list[tuple[str, str, int, float]]:
    """Stream, type, version and minutes past noon of every fact, in order."""
    return [(f.stream, f.type, f.version, (f.happened - NOON).seconds / 60) for f in decision.changes.facts]


def rings(decision: BatchDecision) -> list[tuple[str, float]]:
    return [(stream, at) for stream, type_, _, at in said(decision) if type_ == "egg.rang"]


def test_an_event_heard_becomes_facts_that_name_their_cause() -> None:
    [fact] = decide_on(heard(wanted("w1", "soft", at=1))).changes.facts
    body = orjson.loads(fact.body)
    assert (fact.stream, fact.version, fact.key, fact.happened) == ("egg-soft", 1, "soft", minute(1))
    assert fact.cause == event_key("/guests", "w1")
    assert (body["causationid"], body["correlationid"], body["source"]) == ("w1", "w1", "/evergreen/kitchen")


def test_the_id_of_a_fact_follows_from_its_service_stream_and_version() -> None:
    facts = decide_on(heard(wanted("w1", "soft"), wanted("w2", "soft"))).changes.facts
    assert [fact.id for fact in facts] == [fact_id("kitchen", "egg-soft", version) for version in (1, 2)]
    assert [orjson.loads(fact.body)["id"] for fact in facts] == [str(fact.id) for fact in facts]


def test_versions_go_on_from_where_the_stream_stood() -> None:
    snapshot = Snapshot({"egg-soft": Stream(7, None)}, {}, set(), ())
    decision = BatchDecision(kitchen.kitchen(), snapshot, NOON, lambda cause, _: cause)
    for each in heard(wanted("w1", "soft"), wanted("w2", "soft")):
        decision.hear(each, decision.stage.react(each.event))
    assert [fact.version for fact in decision.changes.facts] == [8, 9]


def test_an_event_delivered_twice_is_heard_once() -> None:
    decision = decide_on()
    first, again = heard(wanted("w1", "soft"), wanted("w1", "soft"))
    routed = decision.stage.react(first.event)
    assert (decision.hear(first, routed), decision.hear(again, routed)) == (True, False)
    assert len(decision.changes.facts) == len(decision.changes.inbox) == 1


def test_an_event_taken_by_an_earlier_batch_is_not_heard() -> None:
    decision = decide_on(heard(wanted("w1", "soft")), seen=[event_key("/guests", "w1")])
    assert not decision.changes.facts
    assert not decision.changes.inbox


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
    snapshot = Snapshot({"egg-old": stream}, {}, set(), [Timer(minute(4), "egg-old", 0)])
    decision = BatchDecision(kitchen.kitchen(), snapshot, NOON, lambda cause, _: cause)
    for each in heard(wanted("w1", "new", minutes=3), wanted("w2", "newer", minutes=6), beat(7)):
        decision.hear(each, decision.stage.react(each.event))
    assert rings(decision) == [("egg-new", 3), ("egg-old", 4), ("egg-newer", 6)]
    assert decision.changes.timers == dict.fromkeys(("egg-new", "egg-old", "egg-newer"), (0, None))


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
    assert decision.changes.timers == {"egg-soft": (0, minute(15))}


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
    assert decision.changes.timers == {"egg-soft": (0, None)}


def test_time_on_one_partition_says_nothing_on_another() -> None:
    assert rings(decide_on(heard(wanted("w1", "soft"), partition=1), heard(beat(60), partition=0))) == []


def test_a_heartbeat_on_a_topic_that_does_not_tick_is_no_time() -> None:
    decision = decide_on(heard(wanted("w1", "soft")), heard(beat(60), topic="rumours"))
    assert not rings(decision)
    assert not decision.changes.clocks
    assert not decision.changes.heartbeats


def test_an_event_from_the_future_makes_nothing_due() -> None:
    assert rings(decide_on(heard(wanted("w1", "soft"), wanted("w2", "hard", at=10**6)))) == []


def heartbeats(decision: BatchDecision) -> dict[int, tuple[str, bool]]:
    read = {partition: orjson.loads(body) for partition, body in decision.changes.heartbeats.items()}
    return {
        partition: (heartbeat["time"], heartbeat["data"]["closed"]) for partition, heartbeat in read.items()
    }


def test_time_that_moved_is_passed_on_in_the_stages_own_name() -> None:
    decision = decide_on(heard(wanted("w1", "soft"), beat(60, late=10)))
    assert heartbeats(decision) == {0: ("2026-01-01T12:50:00Z", False)}
    assert orjson.loads(decision.changes.heartbeats[0])["source"] == "/evergreen/kitchen"


def test_a_stage_vouches_for_nothing_until_all_whom_it_awaits_have_spoken() -> None:
    stage = replace(kitchen.kitchen(), awaits=frozenset({"app", "shop"}))
    assert not heartbeats(decide_on(heard(beat(60, "shop")), stage=stage))
    assert heartbeats(decide_on(heard(beat(60, "shop"), beat(20, "app")), stage=stage)) == {
        0: ("2026-01-01T12:20:00Z", False)
    }


def test_time_that_stands_still_is_not_passed_on() -> None:
    assert not heartbeats(decide_on(heard(beat(60)), clock=Clock().hear(beat(60))))


def test_that_nothing_more_will_come_is_passed_on_even_when_time_stands_still() -> None:
    decision = decide_on(heard(beat(60, closed=True)), clock=Clock().hear(beat(60)))
    assert heartbeats(decision) == {0: ("2026-01-01T13:00:00Z", True)}


@pytest.mark.parametrize("order", [("app", "shop"), ("shop", "app")])
def test_the_last_source_to_close_closes_the_stage(order: tuple[str, str]) -> None:
    clock = Clock().hear(beat(60, "app")).hear(beat(60, "shop"))
    decision = decide_on(heard(*(beat(60, source, closed=True) for source in order)), clock=clock)
    assert heartbeats(decision)[0][1]


def test_the_facts_of_one_stream_are_told_apart_by_version_alone() -> None:
    facts: list[StoredFact] = decide_on(heard(wanted("w1", "soft", rings=2), beat(20))).changes.facts
    assert [fact.version for fact in facts] == [1, 2, 3]
