"""Names of events: what stands for (source, id), and the ids that the services give their facts."""

from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.event import NAMESPACE, event_identity, event_key, fact_id

lines = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=40)
words = st.text(st.characters(codec="utf-8"), max_size=40)


@given(words, words, st.integers(1, 10**9))
def test_the_id_of_a_fact_is_the_uuid_of_version_5_of_its_place(
    service: str, stream: str, version: int
) -> None:
    place = f"/evergreen/{service}\n{stream}/{version}"
    assert UUID(fact_id(service, stream, version)) == uuid5(NAMESPACE, place)


@given(lines, words)
def test_a_key_is_sixteen_bytes_and_the_same_every_time(source: str, id: str) -> None:
    assert len(event_key(source, id)) == 16
    assert event_key(source, id) == event_key(source, id)


def test_one_id_of_two_sources_has_two_keys() -> None:
    assert event_key("/shop", "1") != event_key("/app", "1")


def test_keys_stay_what_they_were_in_every_database() -> None:
    assert event_key("/shop", "order-4711").hex() == "28c581dc51602c43aa73d99a13695f4f"


@given(lines, words, lines, words)
def test_two_pairs_never_share_the_text_that_is_hashed(source: str, id: str, other: str, more: str) -> None:
    assert ((source, id) == (other, more)) == (event_key(source, id) == event_key(other, more))


def test_a_source_of_two_lines_has_no_key_because_it_could_be_anothers() -> None:
    with pytest.raises(ValueError, match="holds a line break"):
        event_key("/shop\n1", "2")


@given(lines, words, words)
def test_an_identity_is_the_key_and_eight_bytes_of_whom_it_is_about(
    source: str, id: str, subject: str
) -> None:
    identity = event_identity(source, id, subject)
    assert (len(identity), identity[:16]) == (24, event_key(source, id))


@given(lines, words, words, words)
def test_one_pair_for_two_customers_is_two_events(source: str, id: str, one: str, other: str) -> None:
    assert (one == other) == (event_identity(source, id, one) == event_identity(source, id, other))
