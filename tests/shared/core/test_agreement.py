"""An offset means something in one log only."""

import re

import pytest

from shared.core.agreement import Log, disagreement, disagreements, opened, told, uneven
from shared.core.store import Position

LOG = Log("cluster", "topic", 10, 50)
PLACE, OTHER = ("requests", 0), ("requests", 1)


@pytest.mark.parametrize("offset", [10, 30, 50])
def test_a_position_within_its_log_agrees(offset: int) -> None:
    assert disagreement(Position(offset, "cluster", "topic"), LOG) is None
    assert disagreement(Position(offset), LOG) is None  # of a release that did not know of logs
    assert disagreement(Position(offset, "cluster", "topic"), LOG._replace(topic_id=None)) is None


@pytest.mark.parametrize(
    ("position", "log", "said"),
    [
        (Position(20, "cluster", "topic"), None, "is gone from Kafka"),
        (Position(20, "another", "topic"), LOG, r"another Kafka cluster \(cluster\).*20.*\(another\)"),
        (Position(20, "cluster", "another"), LOG, "deleted and made again since position 20"),
        (Position(9, "cluster", "topic"), LOG, "lost offsets 9 to 9 before they were taken"),
        (Position(9), LOG, "lost offsets 9 to 9"),
        (Position(51, "cluster", "topic"), LOG, "ends at 50, before position 51"),
    ],
)
def test_a_disagreement_is_said_in_words(position: Position, log: Log | None, said: str) -> None:
    assert re.search(said, disagreement(position, log) or "")


def test_what_is_told_names_the_first_how_many_more_and_the_command() -> None:
    ahead = {PLACE: Position(60), OTHER: Position(60)}
    text = told("reminders", disagreements([OTHER, PLACE], ahead, {PLACE: LOG, OTHER: LOG}))
    assert text.startswith("topic requests, partition 0 ends at 50")
    assert "(and 1 more partitions)" in text
    assert "`evergreen positions accept --service reminders --topic requests`" in text


def test_a_new_partition_is_opened_at_its_beginning_and_an_old_one_learns_its_log() -> None:
    known = {PLACE: Position(20)}
    assert opened(known, {PLACE: LOG, OTHER: LOG}) == {
        PLACE: Position(20, "cluster", "topic"),
        OTHER: Position(10, "cluster", "topic"),
    }
    assert not disagreements([OTHER], {}, {OTHER: LOG})
    assert not opened({PLACE: Position(20, "cluster", "topic")}, {PLACE: LOG})


def test_who_owns_a_partition_owns_it_in_every_topic() -> None:
    assert uneven([("a", 0), ("b", 0), ("a", 3), ("b", 3)], ["a", "b"]) == {}
    assert uneven([], ["a", "b"]) == {}
    [(partition, said)] = uneven([("a", 0), ("b", 0), ("a", 3)], ["a", "b"]).items()
    assert partition == 3
    assert "partition 3 of topic b is not there" in said
