from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.playing.poison import Poison, poisons
from shared.consume.admission import ON_APPEND, AdmissionPolicy
from shared.contracts.reading import Unreadable
from shared.contracts.signals import SIGNALS


@dataclass
class Published:
    """A poison as it lies in the topic, since 2024."""

    poison: Poison
    topic: str = "signals"
    partition: int = 0
    offset: int = 0
    timestamp: int = 1_704_067_200_000
    timestamp_type: int = ON_APPEND
    headers: Any = field(default=())

    def __post_init__(self) -> None:
        self.key, self.value, self.headers = self.poison.key, self.poison.value, self.poison.headers


DOOR = AdmissionPolicy({"signals": SIGNALS}, frozenset({"signals"}), frozenset({"signals"}), lambda _: 0)


@pytest.mark.parametrize("poison", poisons(), ids=lambda poison: poison.name)
def test_each_poison_is_refused_at_the_door_for_its_own_reason(poison: Poison) -> None:
    with pytest.raises(Unreadable, match=poison.because):
        DOOR.event(Published(poison), datetime.now(UTC))


def test_there_are_more_than_the_eight_kinds_that_were_asked_for_and_no_two_alike() -> None:
    names = {poison.name for poison in poisons()}
    assert len(names) == len(poisons()) > 8
