"""What a record weighs, against the builder that packs it; what is cut of a dead letter."""

from typing import Any

from aiokafka.errors import MessageSizeTooLargeError, TopicAuthorizationFailedError
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.topics import LARGEST_DEAD_LETTER
from shared.core.dead_letter import CUT, headers_json
from shared.publish.record import Record, record_of, refusal, size, surely_fits

ALLOWED = 25
"""Bytes by which a record may be said to be larger than it is."""


def packed(record: Record) -> int:
    builder = DefaultRecordBatchBuilder(
        2, 0, is_transactional=0, producer_id=-1, producer_epoch=-1, base_sequence=0, batch_size=1
    )
    builder.append(0, None, record.key, record.value, list(record.headers))
    return len(builder.build())


BYTES = st.builds(bytes, st.sampled_from([0, 1, 63, 64, 8_191, 8_192, 1_048_575, 1_048_576]))


@given(
    key=st.none() | BYTES,
    value=st.none() | BYTES,
    headers=st.lists(st.tuples(st.text("aé\N{SNOWMAN}", max_size=80), BYTES), max_size=3),
    copies=st.sampled_from([1, 40]),
)
def test_a_record_is_never_said_to_be_smaller_than_it_is(
    key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]], copies: int
) -> None:
    record = Record("t", 0, key, value, headers * copies if sum(len(v) for _, v in headers) < 9_000 else [])
    assert 0 <= size(record) - packed(record) < ALLOWED


def row(**parts: Any) -> dict[str, Any]:
    place = {"topic": "signals", "partition": 3, "offset_": 17, "reason": "r" * 1_000, "attempt": 1}
    place |= {"through": None}
    return (
        {"kind": "dead_letter", "raw_key": None, "body": None, "headers": "[]", "position": 9} | place | parts
    )


def test_a_dead_letter_of_the_very_largest_size_goes_out_whole_and_one_byte_more_is_cut() -> None:
    empty = size(record_of(row(body=b""), "conversion"))
    room = LARGEST_DEAD_LETTER - empty - 3  # its length takes three bytes more than that of nothing
    whole, larger = (record_of(row(body=bytes(each)), "conversion") for each in (room, room + 1))
    assert (len(whole.value or b""), size(whole)) == (room, LARGEST_DEAD_LETTER)
    assert len(larger.value or b"") == CUT
    assert dict(larger.headers)["evergreen-truncated"] == f"value: {CUT} of {room + 1} bytes".encode()


def test_a_run_of_the_same_record_says_how_far_it_goes() -> None:
    assert dict(record_of(row(through=19), "conversion").headers)["evergreen-through"] == b"19"
    assert "evergreen-through" not in dict(record_of(row(), "conversion").headers)


@settings(deadline=None, max_examples=30)
@given(
    key=st.none() | st.builds(bytes, st.integers(0, 3_000_000)),
    body=st.none() | st.builds(bytes, st.integers(0, 3_000_000)),
    number=st.sampled_from([0, 1, 1_000, 40_000]),
    length=st.sampled_from([0, 1, 30, 70_000]),
)
def test_every_dead_letter_fits(key: bytes | None, body: bytes | None, number: int, length: int) -> None:
    headers = headers_json([("h", b"x" * length)] * (number if length < 70_000 else min(number, 9)))
    record = record_of(row(raw_key=key, body=body, headers=headers), "conversion")
    assert size(record) <= LARGEST_DEAD_LETTER
    assert surely_fits(record)
    assert dict(record.headers)["evergreen-offset"] == b"17"


def test_a_refusal_names_the_place_and_the_way_out_and_nothing_of_the_person() -> None:
    said = row(kind="fact", key="anna", body=b"anna owes 5", trace=None)
    record = record_of(said, "conversion")
    large = refusal(said, record, MessageSizeTooLargeError())
    assert "fact at position 9 " in large
    assert "raise max.message.bytes" in large
    assert "anna" not in large
    assert "let this service write" in refusal(said, record, TopicAuthorizationFailedError("conversion"))
