"""Names of events: what stands for (source, id), and the ids that the services give their facts."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.event import NAMESPACE, event_key, fact_id

words = st.text(st.characters(codec="utf-8"), max_size=40)


@given(words, words, st.integers(1, 10**9))
def test_the_id_of_a_fact_is_the_uuid_of_version_5_of_its_place(
    service: str, stream: str, version: int
) -> None:
    place = f"/evergreen/{service}\n{stream}/{version}"
    assert UUID(fact_id(service, stream, version)) == uuid5(NAMESPACE, place)


@given(words, words)
def test_a_key_is_sixteen_bytes_and_the_same_every_time(source: str, id: str) -> None:
    assert len(event_key(source, id)) == 16
    assert event_key(source, id) == event_key(source, id)


def test_one_id_of_two_sources_has_two_keys() -> None:
    assert event_key("/shop", "1") != event_key("/app", "1")
