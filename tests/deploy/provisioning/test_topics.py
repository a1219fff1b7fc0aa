"""topics.yaml against the code that speaks and hears."""

from importlib import import_module
from importlib.util import find_spec

import pytest
from aiokafka.errors import NodeNotReadyError

from deploy.errors import Trouble
from deploy.places import ROOT
from deploy.provisioning import topics as provisioning
from deploy.provisioning.topics import Replication, pages, topics
from shared.contracts.topics import (
    DEAD_LETTERS,
    LARGEST_BYTES,
    LARGEST_DEAD_LETTER,
    STAGES,
    TOPICS,
    VOCABULARIES,
)

WRITTEN = {"topic", "purpose", "key", "partitions", "retention_days", "written_by", "read_by", "schema"}


def test_there_is_a_page_for_every_topic_and_no_other() -> None:
    assert [page["topic"] for page in pages()] == list(TOPICS)


def test_every_page_is_whole() -> None:
    for page in pages():
        assert page.keys() >= WRITTEN, page["topic"]


def test_all_topics_are_cut_alike_so_that_a_customer_is_in_one_partition_number() -> None:
    assert {topic.partitions for topic in topics()} == {6}


def test_every_page_names_its_vocabulary_and_the_types_that_it_speaks() -> None:
    for page in pages():
        if page["topic"] in VOCABULARIES:
            assert (ROOT / page["schema"]).exists()
            assert set(page["types"]) == set(VOCABULARIES[page["topic"]]), page["topic"]


def test_what_a_topic_takes_is_what_the_relay_cuts_to() -> None:
    largest = {topic.name: topic.largest_bytes for topic in topics()}
    assert largest.pop(DEAD_LETTERS) == LARGEST_DEAD_LETTER
    assert set(largest.values()) == {LARGEST_BYTES}


@pytest.mark.parametrize(
    ("asked", "brokers", "copies"),
    [
        (Replication(), 1, (1, 1)),
        (Replication(), 2, (2, 1)),
        (Replication(), 9, (3, 2)),
        (Replication(5, 3), 9, (5, 3)),
        (Replication(min_insync=1), 3, (3, 1)),
    ],
)
def test_a_record_has_three_copies_where_there_are_brokers_for_them_and_one_may_be_away(
    asked: Replication, brokers: int, copies: tuple[int, int]
) -> None:
    assert asked.among(brokers) == copies


def test_more_copies_in_sync_than_there_are_is_refused() -> None:
    with pytest.raises(Trouble, match="no record could be written"):
        Replication(2, 3).among(3)


@pytest.mark.parametrize("stage", STAGES)
def test_the_pages_say_what_a_service_hears(stage: str) -> None:
    if find_spec(f"services.{stage}.app") is None:
        pytest.fail(f"services/{stage}/app.py is missing")
    hears = import_module(f"services.{stage}.app").SERVICE.hears
    assert {page["topic"] for page in pages() if stage in page["read_by"]} == set(hears)


class Fenced:
    """The administrator's client: so many of those made are told that there is no broker."""

    made = closed = 0

    def __init__(self, told: int) -> None:
        self.told = told

    def __call__(self, **_: object) -> "Fenced":
        self.made += 1
        return self

    async def start(self) -> None:
        """Kafka answers."""

    async def list_topics(self) -> list[str]:
        if self.made <= self.told:
            raise NodeNotReadyError
        return []

    async def close(self) -> None:
        self.closed += 1


async def test_a_kafka_whose_broker_is_fenced_for_a_moment_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fenced = Fenced(2)
    monkeypatch.setattr(provisioning, "AIOKafkaAdminClient", fenced)
    await provisioning.reach("127.0.0.1:9092")
    assert (fenced.made, fenced.closed) == (3, 3)


async def test_a_kafka_that_stays_without_a_broker_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provisioning, "AIOKafkaAdminClient", Fenced(10**6))
    monkeypatch.setattr(provisioning, "BROKER_SECONDS", 0.3)
    with pytest.raises(Trouble, match=r"Kafka at 127\.0\.0\.1:9092 can't be provisioned"):
        await provisioning.reach("127.0.0.1:9092")
