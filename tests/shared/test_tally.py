"""What became of records is counted once each, by topic and outcome."""

from collections import Counter

from shared.metrics import EVENTS
from shared.reception import receive
from shared.tally import count
from tests.shared.kitchen import NOON, wanted
from tests.shared.test_reception import DOOR, START, Letter, letter


def counted(outcome: str) -> float:
    return float(EVENTS.labels("wishes", outcome)._value.get())


def test_an_event_heard_before_is_a_duplicate_and_not_applied() -> None:
    before = {outcome: counted(outcome) for outcome in ("applied", "duplicate", "parked")}
    records = [*(letter(wanted(f"w{n}", "soft"), offset=n) for n in range(3)), Letter(value=b"?", offset=3)]
    count(receive(DOOR, records, START, NOON), Counter({"wishes": 1}))
    grown = {outcome: counted(outcome) - number for outcome, number in before.items()}
    assert grown == {"applied": 2, "duplicate": 1, "parked": 1}
