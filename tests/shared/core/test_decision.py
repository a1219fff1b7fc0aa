"""One batch being decided: what was heard, by whom it was said, and what is passed on."""

from dataclasses import replace

import orjson
import pytest

from shared.contracts.event import event_identity, event_key, fact_id
from shared.core.batch import Snapshot
from shared.core.decision import BatchDecision
from shared.core.store import StoredFact
from shared.core.stream import Stream
from shared.core.watermark import Clock
from tests.shared.core import reminders
from tests.shared.core.deciding import decide_on, reminders_sent
from tests.shared.core.reminders import NOON, beat, heard, minute, reminder, requested


def test_an_event_heard_becomes_facts_that_name_their_cause() -> None:
    [fact] = decide_on(heard(requested("w1", "short", at=1))).changes.facts
    body = orjson.loads(fact.body)
    assert (fact.stream, fact.version, fact.key, fact.happened) == ("reminder-short", 1, "short", minute(1))
    assert fact.cause == event_key("/customers", "w1")
    assert (body["causationid"], body["correlationid"], body["source"]) == (
        "w1",
        "w1",
        "/evergreen/reminders",
    )


def test_the_id_of_a_fact_follows_from_its_service_stream_and_version() -> None:
    facts = decide_on(heard(requested("w1", "short"), requested("w2", "short"))).changes.facts
    assert [fact.id for fact in facts] == [
        fact_id("reminders", "reminder-short", version) for version in (1, 2)
    ]
    assert [orjson.loads(fact.body)["id"] for fact in facts] == [str(fact.id) for fact in facts]


def test_versions_go_on_from_where_the_stream_stood() -> None:
    snapshot = Snapshot({reminder("short"): Stream(7, None)}, {}, set(), ())
    decision = BatchDecision(reminders.reminder_stage(), snapshot, NOON, lambda cause, _: cause)
    for each in heard(requested("w1", "short"), requested("w2", "short")):
        decision.hear(each, decision.stage.react(each.event))
    assert [fact.version for fact in decision.changes.facts] == [8, 9]


def test_an_event_delivered_twice_is_heard_once() -> None:
    decision = decide_on()
    first, again = heard(requested("w1", "short"), requested("w1", "short"))
    routed = decision.stage.react(first.event)
    assert (decision.hear(first, routed), decision.hear(again, routed)) == (True, False)
    assert len(decision.changes.facts) == len(decision.changes.inbox) == 1


def test_an_event_taken_by_an_earlier_batch_is_not_heard() -> None:
    decision = decide_on(heard(requested("w1", "short")), seen=[event_identity("/customers", "w1", "short")])
    assert not decision.changes.facts
    assert not decision.changes.inbox


def test_one_id_for_two_customers_is_two_events() -> None:
    decision = decide_on(
        heard(requested("1", "short"), requested("1", "long")), heard(requested("1", "long"))
    )
    assert [fact.stream for fact in decision.changes.facts] == ["reminder-short", "reminder-long"]
    assert len(set(decision.changes.inbox)) == 2
    again = decide_on(heard(requested("1", "short"), requested("1", "long")), seen=decision.changes.inbox[:1])
    assert [fact.stream for fact in again.changes.facts] == ["reminder-long"]


def test_a_heartbeat_on_a_topic_that_does_not_tick_is_no_time() -> None:
    decision = decide_on(heard(requested("w1", "short")), heard(beat(60), topic="notes"))
    assert not reminders_sent(decision)
    assert not decision.changes.clocks
    assert not decision.changes.heartbeats


def heartbeats(decision: BatchDecision) -> dict[int, tuple[str, bool]]:
    read = {partition: orjson.loads(body) for partition, body in decision.changes.heartbeats.items()}
    return {
        partition: (heartbeat["time"], heartbeat["data"]["closed"]) for partition, heartbeat in read.items()
    }


def test_time_that_moved_is_passed_on_in_the_stages_own_name() -> None:
    decision = decide_on(heard(requested("w1", "short"), beat(60, late=10)))
    assert heartbeats(decision) == {0: ("2026-01-01T12:50:00Z", False)}
    assert orjson.loads(decision.changes.heartbeats[0])["source"] == "/evergreen/reminders"


def test_a_stage_vouches_for_nothing_until_all_whom_it_awaits_have_spoken() -> None:
    stage = replace(reminders.reminder_stage(), awaits=frozenset({"app", "shop"}))
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
    facts: list[StoredFact] = decide_on(heard(requested("w1", "short", times=2), beat(20))).changes.facts
    assert [fact.version for fact in facts] == [1, 2, 3]
