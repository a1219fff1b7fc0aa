"""Counts what became of records, once their batch is written."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from shared.consume.admission import Admitted, Record
from shared.observe import metrics


def count(admitted: Admitted, repeated: Counter[str]) -> None:
    """By topic and outcome; a refused record is another service's dead letter.

    `repeated` of those heard, by topic, were duplicates.
    """
    outcomes = Counter((heard.topic, "applied") for heard in admitted.heard)
    for topic, number in repeated.items():
        outcomes[topic, "applied"] -= number
        outcomes[topic, "duplicate"] += number
    outcomes += Counter((dead_letter.topic, "dead_letter") for dead_letter in admitted.dead_letters)
    outcomes += admitted.refused
    for (topic, outcome), number in outcomes.items():
        metrics.EVENTS.labels(topic, outcome).inc(number)
    for dead_letter in admitted.dead_letters:
        metrics.DEAD_LETTERS.labels(dead_letter.topic).inc()


def applied(admitted: Admitted, repeated: Counter[str]) -> Counter[str]:
    """By type, how many records were surely no duplicates: on their topic there were no more of these."""
    types = Counter((heard.topic, heard.event.data.type) for heard in admitted.heard)
    sure: Counter[str] = Counter()
    for (topic, type_), number in types.items():
        sure[type_] += max(0, number - repeated[topic])
    return +sure


def measure(records: Sequence[Record]) -> None:
    """How large the batch was, and how old its last record per topic."""
    metrics.BATCH_RECORDS.observe(len(records))
    now = datetime.now(UTC).timestamp()
    for topic, timestamp in {record.topic: record.timestamp for record in records}.items():
        metrics.LAG_SECONDS.labels(topic).set(max(0.0, now - timestamp / 1000))
