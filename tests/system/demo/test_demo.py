"""The whole product on real servers: in order, and with all that senders can do to it."""

from collections import Counter

import pytest
from aiokafka.structs import ConsumerRecord

from deploy.demo.report.alerts import sha256_of, standing
from deploy.playing.poison import Poison, poisons
from tests.system.demo.runs.playing import Ended

PURCHASES, CUSTOMERS = 6_919, 2_357
REPEATED = PURCHASES - CUSTOMERS


def types(ended: Ended) -> Counter[str]:
    return Counter(row.type for kept in ended.kept.values() for row in kept.facts)


def test_every_purchase_becomes_what_each_stage_makes_of_it(calm: Ended, wild: Ended) -> None:
    for ended in (calm, wild):
        found = types(ended)
        assert found["acquisition.lead_captured"] == found["acquisition.lead_qualified"] == CUSTOMERS
        assert found["conversion.customer_won"] == found["retention.relationship_opened"] == CUSTOMERS
        assert found["conversion.order_repeated"] == found["retention.repeat_purchase_recorded"] == REPEATED
        assert found["retention.care_play_opened"] == found["insight.churn_risk_raised"] == len(ended.alerts)
        assert found["retention.care_play_closed"] == found["insight.churn_risk_resolved"]
        assert found["insight.churn_risk_withdrawn"] == 0


def test_shuffled_doubled_and_poisoned_the_same_alerts_stand(calm: Ended, wild: Ended) -> None:
    assert (wild.played.signals, wild.played.duplicates) == (PURCHASES, 1_000)
    assert sha256_of(standing(wild.alerts)) == sha256_of(standing(calm.alerts))
    assert types(wild) == types(calm)
    for view in ("days", "spending"):
        assert wild.kept["insight"].views[view] == calm.kept["insight"].views[view]


def test_every_week_is_fitted_alike_in_every_run(calm: Ended, wild: Ended) -> None:
    assert min(calm.fits) == 8
    assert len(calm.fits) > 30
    assert wild.fits == calm.fits


def test_nothing_is_a_dead_letter_without_poison(calm: Ended) -> None:
    assert calm.lying["dead-letters"] == []
    assert all(kept.dead_letters == [] for kept in calm.kept.values())


UNKNOWN = {"unknown-type", "newer-version"}
"""What another release may know: each listener of the topic keeps it for itself, one publishes it."""
KEEPERS = {"acquisition": len(poisons()), "conversion": len(UNKNOWN), "insight": len(UNKNOWN)}


def test_each_poison_is_a_dead_letter_of_one_service_or_of_each_that_waits_to_know_it(wild: Ended) -> None:
    assert len(poisons()) == wild.played.poison
    assert len(wild.lying["dead-letters"]) == len(poisons())
    assert {name: len(kept.dead_letters) for name, kept in wild.kept.items() if kept.dead_letters} == KEEPERS


@pytest.mark.parametrize("poison", poisons(), ids=lambda poison: poison.name)
def test_a_poison_is_kept_with_its_bytes_its_headers_its_place_and_the_reason(
    wild: Ended, poison: Poison
) -> None:
    [letter] = [letter for letter in wild.lying["dead-letters"] if is_of(letter, poison)]
    said = dict(letter.headers)
    assert poison.because in said["evergreen-reason"].decode()
    [lies] = [record for record in wild.lying["signals"] if place(record) == named(said)]
    assert (lies.key, lies.value, list(lies.headers)) == (poison.key, poison.value, list(poison.headers))


def is_of(letter: ConsumerRecord, poison: Poison) -> bool:
    """Its very bytes; the headers tell apart what has the same."""
    kept = [(name, value) for name, value in letter.headers if name.startswith("original-")]
    original = [(f"original-{name}", value) for name, value in poison.headers]
    return (letter.key, letter.value, kept) == (poison.key, poison.value, original)


def place(record: ConsumerRecord) -> tuple[str, str, str]:
    return record.topic, str(record.partition), str(record.offset)


def named(headers: dict[str, bytes]) -> tuple[str, ...]:
    return tuple(headers[f"evergreen-{part}"].decode() for part in ("topic", "partition", "offset"))
