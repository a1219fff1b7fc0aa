"""Counts what became of records, once their batch is written."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from shared.consume.admission import Admitted, Record
from shared.core.store import DeadLetter
from shared.observe import metrics


def count(admitted: Admitted, repeated: Counter[str], refused: Sequence[DeadLetter] = ()) -> None:
    """By topic and outcome; a refused record is another service's dead letter.

    Of those heard `repeated` were duplicates, by topic, and `refused` became dead letters all the same.
    """
    heard = Counter([heard.topic for heard in admitted.heard])
    outcomes = Counter({(topic, "applied"): number for topic, number in heard.items()})
    for letter in refused:
        outcomes[letter.topic, "applied"] -= 1
        outcomes[letter.topic, "dead_letter"] += 1
        metrics.DEAD_LETTERS.labels(letter.topic).inc()
    for topic, number in repeated.items():
        outcomes[topic, "applied"] -= number
        outcomes[topic, "duplicate"] += number
    outcomes += Counter((dead_letter.topic, "dead_letter") for dead_letter in admitted.dead_letters)
    outcomes += admitted.refused
    for (topic, outcome), number in outcomes.items():
        metrics.EVENTS.labels(topic, outcome).inc(number)
    for dead_letter in admitted.dead_letters:
        metrics.DEAD_LETTERS.labels(dead_letter.topic).inc()


def applied(admitted: Admitted, repeated: Counter[str], refused: Sequence[DeadLetter] = ()) -> Counter[str]:
    """By type, how many records were surely applied: on their topic no more were duplicates or refused."""
    others = repeated + Counter(letter.topic for letter in refused)
    types = Counter((heard.topic, heard.event.data.type) for heard in admitted.heard)
    sure: Counter[str] = Counter()
    for (topic, type_), number in types.items():
        sure[type_] += max(0, number - others[topic])
    return +sure


def measure(records: Sequence[Record]) -> None:
    """How large the batch was, and how old its last record per topic."""
    metrics.BATCH_RECORDS.observe(len(records))
    now = datetime.now(UTC).timestamp()
    for topic, timestamp in {record.topic: record.timestamp for record in records}.items():
        metrics.LAG_SECONDS.labels(topic).set(max(0.0, now - timestamp / 1000))
