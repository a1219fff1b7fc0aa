"""What we write we can read; and nothing that anybody writes breaks the reader."""

from contextlib import suppress

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts.event import Event, encode
from shared.contracts.reading import Unreadable, read
from tests.shared.contracts.facts import ALL, WORDS, ZONES, events

thorough = settings(
    max_examples=300, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
ATTRIBUTES = (
    *("specversion", "id", "source", "type", "subject", "time", "data", "dataversion", "recordedtime"),
    *("causationid", "correlationid", "streamversion", "traceparent", "data_base64"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)
MOMENT = st.datetimes(timezones=ZONES | st.none())
TIMES = MOMENT.map(lambda moment: moment.isoformat())
ODD = JSON | st.sampled_from(sorted(ALL)) | TIMES | st.just("1.0")
NAMES = st.sampled_from([f"ce_{name}" for name in ATTRIBUTES] + ["content-type"]) | WORDS
HEADERS = st.lists(st.tuples(NAMES, st.none() | st.binary(max_size=40)), max_size=6)


def is_read_or_refused(value: bytes | None, headers: list[tuple[str, bytes | None]]) -> None:
    with suppress(Unreadable):
        encode(read(value, headers, ALL))


@thorough
@given(events())
def test_what_is_encoded_is_read_back_as_it_was(event: Event) -> None:
    assert read(encode(event), [], ALL) == event


@thorough
@given(st.none() | st.binary(), HEADERS)
def test_any_bytes_are_read_or_refused(value: bytes | None, headers: list[tuple[str, bytes | None]]) -> None:
    is_read_or_refused(value, headers)


@thorough
@given(events(), st.dictionaries(st.sampled_from(ATTRIBUTES), ODD, min_size=1, max_size=3))
def test_a_good_event_gone_wrong_anywhere_is_read_or_refused(event: Event, wrong: dict[str, object]) -> None:
    envelope = orjson.loads(encode(event)) | wrong
    is_read_or_refused(orjson.dumps(envelope), [])


@thorough
@given(events(), st.data())
def test_a_good_event_gone_wrong_inside_its_data_is_read_or_refused(
    event: Event, data: st.DataObject
) -> None:
    envelope = orjson.loads(encode(event))
    names = st.sampled_from(sorted(type(event.data).model_fields))
    envelope["data"] |= data.draw(st.dictionaries(names, ODD, max_size=2))
    is_read_or_refused(orjson.dumps(envelope), [])


@thorough
@given(events(), HEADERS)
def test_a_binary_event_with_any_headers_is_read_or_refused(
    event: Event, odd: list[tuple[str, bytes | None]]
) -> None:
    envelope = orjson.loads(encode(event))
    value = orjson.dumps(envelope.pop("data"))
    is_read_or_refused(value, [*((f"ce_{n}", str(v).encode()) for n, v in envelope.items()), *odd])
