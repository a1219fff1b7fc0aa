"""What became of records is counted once each, by topic and outcome."""

from collections import Counter

from shared.consume.accounting import count
from shared.consume.admission import admit
from shared.core.dead_letter import kept
from shared.observe.metrics import EVENTS
from tests.shared.consume.records import POLICY, START, Record, record
from tests.shared.core.reminders import NOON, requested


def counted(outcome: str) -> float:
    return float(EVENTS.labels("requests", outcome)._value.get())


def test_an_event_heard_before_is_a_duplicate_and_not_applied() -> None:
    before = {outcome: counted(outcome) for outcome in ("applied", "duplicate", "dead_letter")}
    records = [
        *(record(requested(f"w{n}", "short"), offset=n) for n in range(3)),
        Record(value=b"?", offset=3),
    ]
    count(admit(POLICY, records, START, NOON), Counter({"requests": 1}), [kept(records[2], "", NOON)])
    grown = {outcome: counted(outcome) - number for outcome, number in before.items()}
    assert grown == {"applied": 1, "duplicate": 1, "dead_letter": 2}
